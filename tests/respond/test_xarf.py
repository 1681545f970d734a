import base64
import json
from dataclasses import replace
from typing import Any

import pytest
import xarf

from tests.formats.infected import CASE, FINDINGS
from tests.respond.infected import ATTACKED, CONTROL, HOST, infect, marked, outbox, rows
from tocsin.records import Case, CaseEvent, Contact, Notice, Outbox, Responsible
from tocsin.respond import Outcome
from tocsin.respond.xarf import act
from tocsin.store.ledger import Ledger, put, read, remove
from tocsin.workspace import MARKINGS, Workspace


def run(workspace: Workspace, ledger: Ledger) -> Outcome:
    with ledger.write() as connection:
        return act(workspace, connection)


def evidence(report: dict[str, Any]) -> str:
    return "".join(base64.b64decode(piece["payload"]).decode() for piece in report["evidence"])


def test_an_open_case_has_a_notice_that_waits(workspace: Workspace, ledger: Ledger) -> None:
    infect(ledger)
    assert run(workspace, ledger) == Outcome("xarf", waiting=1, withdrawn=0, refused=())
    (notice,), (entry,), (case,) = rows(ledger, Notice), rows(ledger, Outbox), rows(ledger, Case)
    assert (notice.case, notice.recipient, notice.address) == (case.id, "example-campus", "abuse@campus.example.net")
    assert (notice.state, notice.sent, notice.outbox) == ("awaiting_approval", None, entry.id)
    assert (entry.kind, entry.recipient, entry.state) == ("notice", "example-campus", "awaiting_approval")
    assert case.state == "open"


def test_the_notice_is_a_report_that_its_recipient_may_have(workspace: Workspace, ledger: Ledger) -> None:
    infect(ledger)
    run(workspace, ledger)
    (content,) = outbox(workspace).values()
    result = xarf.parse(json.loads(content))
    assert (result.errors, result.warnings) == ([], [])
    report = json.loads(content)
    assert (report["source_identifier"], report["c2_server"]) == (HOST, CONTROL)
    texts = evidence(report)
    assert ATTACKED not in texts
    assert "198.51.100.0/24" in texts
    assert "shop.example.org" not in texts


def test_a_second_run_changes_nothing(workspace: Workspace, ledger: Ledger) -> None:
    infect(ledger)
    first = run(workspace, ledger)
    before = (rows(ledger, Notice), rows(ledger, Outbox), outbox(workspace))
    later = replace(
        workspace, settings=workspace.settings.model_copy(update={"now": CASE.last_seen.replace(year=2019)})
    )
    assert run(later, ledger) == first
    assert (rows(ledger, Notice), rows(ledger, Outbox), outbox(workspace)) == before


def test_a_waiting_notice_follows_the_evidence(workspace: Workspace, ledger: Ledger) -> None:
    infect(ledger, findings=FINDINGS[:1])
    run(workspace, ledger)
    (early,) = outbox(workspace).values()
    infect(ledger)
    run(workspace, ledger)
    (later,) = outbox(workspace).values()
    assert (len(json.loads(early)["evidence"]), len(json.loads(later)["evidence"])) == (1, 4)
    assert len(rows(ledger, Notice)) == 1


@pytest.mark.parametrize(("approval", "telling"), [("approved", "awaiting_approval"), ("sent", "sent")])
def test_what_was_approved_stays_as_it_is(workspace: Workspace, ledger: Ledger, approval: str, telling: str) -> None:
    infect(ledger, findings=FINDINGS[:1])
    run(workspace, ledger)
    with ledger.write() as connection:
        put(connection, [replace(entry, state=approval) for entry in rows(ledger, Outbox)])
        put(connection, [replace(notice, state=telling) for notice in rows(ledger, Notice)])
    before = (rows(ledger, Notice), rows(ledger, Outbox), outbox(workspace))
    infect(ledger)
    assert run(workspace, ledger).waiting == 0
    assert (rows(ledger, Notice), rows(ledger, Outbox), outbox(workspace)) == before


@pytest.mark.parametrize(
    "changed",
    [
        replace(CASE, state="false_positive"),
        replace(CASE, marking="TLP:RED"),
        replace(CASE, responsible=Responsible(party=None, how="its address is shared", as_of=None, alternatives=[])),
    ],
)
def test_a_notice_that_no_longer_holds_is_withdrawn_and_can_return(
    workspace: Workspace, ledger: Ledger, changed: Case
) -> None:
    infect(ledger)
    run(workspace, ledger)
    infect(ledger, case=changed)
    outcome = run(workspace, ledger)
    assert (outcome.waiting, outcome.withdrawn) == (0, 1)
    assert rows(ledger, Notice) == []
    assert [entry.state for entry in rows(ledger, Outbox)] == ["withdrawn"]
    infect(ledger)
    assert run(workspace, ledger).waiting == 1
    assert [entry.state for entry in rows(ledger, Outbox)] == ["awaiting_approval"]


def test_when_another_party_is_responsible_only_that_one_is_told(workspace: Workspace, ledger: Ledger) -> None:
    infect(ledger)
    run(workspace, ledger)
    infect(ledger, case=replace(CASE, responsible={**CASE.responsible, "party": "example-provider"}))
    run(workspace, ledger)
    assert [notice.recipient for notice in rows(ledger, Notice)] == ["example-provider"]


def test_without_a_responsible_party_nobody_is_told_and_the_reason_is_said(
    workspace: Workspace, ledger: Ledger
) -> None:
    nobody = Responsible(party=None, how="192.0.2.1 is shared and its port is not known", as_of=None, alternatives=[])
    infect(ledger, case=replace(CASE, responsible=nobody))
    outcome = run(workspace, ledger)
    assert outcome.refused == (f"case {CASE.id}: nobody to tell: 192.0.2.1 is shared and its port is not known",)
    assert (rows(ledger, Notice), outbox(workspace)) == ([], {})


@pytest.mark.parametrize("marking", MARKINGS)
def test_markings_that_do_not_reach_the_responsible_party_hold_the_notice_back(
    workspace: Workspace, ledger: Ledger, marking: str
) -> None:
    infect(ledger, replace(CASE, marking=marking), marked(marking))
    outcome = run(workspace, ledger)
    reaches = marking not in ("TLP:AMBER+STRICT", "TLP:RED")
    assert (outcome.waiting, bool(outcome.refused), bool(outbox(workspace))) == (reaches, not reaches, reaches)


def test_a_red_finding_is_left_out_of_the_notice(workspace: Workspace, ledger: Ledger) -> None:
    infect(ledger, findings=marked("TLP:RED", lambda finding: finding.behaviour == "c2_channel"))
    outcome = run(workspace, ledger)
    assert outcome.refused == (f"finding {FINDINGS[2].id}: TLP:RED never leaves",)
    (content,) = outbox(workspace).values()
    assert "IRC" not in content.decode() + evidence(json.loads(content))
    assert len(json.loads(content)["evidence"]) == 3


def test_hidden_findings_ask_for_nothing(workspace: Workspace, ledger: Ledger) -> None:
    infect(ledger, findings=[replace(finding, suppressed_by="rule") for finding in FINDINGS])
    assert run(workspace, ledger) == Outcome("xarf", waiting=0, withdrawn=0, refused=())
    assert outbox(workspace) == {}


def test_only_open_cases_are_told_of(workspace: Workspace, ledger: Ledger) -> None:
    infect(ledger, case=replace(CASE, state="acknowledged"))
    assert run(workspace, ledger).waiting == 0


def test_an_operator_without_contact_tells_nobody_and_says_so(workspace: Workspace, ledger: Ledger) -> None:
    infect(ledger)
    with ledger.write() as connection:
        remove(connection, Contact, holder="example-provider")
    outcome = run(workspace, ledger)
    assert outcome.waiting == 0
    assert outcome.refused[0].startswith(f"case {CASE.id}: no abuse contact: example-provider")


def test_a_recipient_without_contact_has_a_notice_without_address(workspace: Workspace, ledger: Ledger) -> None:
    infect(ledger)
    with ledger.write() as connection:
        remove(connection, Contact, holder="example-campus")
    assert run(workspace, ledger).waiting == 1
    assert [notice.address for notice in rows(ledger, Notice)] == [None]


def test_scans_alone_are_not_reported_as_a_botnet(workspace: Workspace, ledger: Ledger) -> None:
    scans = [replace(finding, behaviour="scan_horizontal") for finding in FINDINGS]
    infect(ledger, findings=scans)
    with ledger.write() as connection:
        outcome = act(workspace, connection)
    assert (outcome.waiting, outbox(workspace)) == (0, {})
    assert outcome.refused == (f"case {CASE.id}: scans alone may be a person's: look at it first, then tell by hand",)
    infect(ledger, findings=[*scans[1:], FINDINGS[0]])
    with ledger.write() as connection:
        assert act(workspace, connection).waiting == 1


def test_after_a_relapse_there_is_another_notice(workspace: Workspace, ledger: Ledger) -> None:
    infect(ledger)
    with ledger.write() as connection:
        act(workspace, connection)
        (first,) = read(connection, Notice)
        put(connection, [replace(first, state="sent", sent=workspace.now())])
        put(connection, [replace(entry, state="sent") for entry in read(connection, Outbox)])
        reopened = CaseEvent(
            case=CASE.id, sequence=1, time=workspace.now(), event="reopen", state="open", actor="test", note=None,
            party=CASE.party, marking=CASE.marking, source="test",
        )  # fmt: skip
        put(connection, [reopened])
        assert act(workspace, connection).waiting == 1
        assert {notice.state for notice in read(connection, Notice)} == {"sent", "awaiting_approval"}
