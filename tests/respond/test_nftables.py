from dataclasses import replace
from datetime import timedelta

import pytest

from tests.formats.infected import CASE, FINDINGS
from tests.respond.infected import ATTACKED, CONTROL, HOST, infect, marked, outbox, rows
from tocsin.records import Finding, Mitigation, Outbox, Peer
from tocsin.respond import Outcome
from tocsin.respond.nftables import BLOCK_DAYS, act
from tocsin.store.ledger import Ledger, put
from tocsin.workspace import MARKINGS, Workspace


def run(workspace: Workspace, ledger: Ledger) -> Outcome:
    with ledger.write() as connection:
        return act(workspace, connection)


def after(workspace: Workspace, days: int) -> Workspace:
    now = workspace.now() + timedelta(days=days)
    return replace(workspace, settings=workspace.settings.model_copy(update={"now": now}))


def calling(*peers: Peer) -> list[Finding]:
    return [replace(finding, peers=list(peers)) for finding in FINDINGS if finding.behaviour == "c2_beacon"]


def test_a_block_is_proposed_with_owner_reason_and_end(workspace: Workspace, ledger: Ledger) -> None:
    infect(ledger)
    assert run(workspace, ledger) == Outcome("nftables", waiting=1, withdrawn=0, refused=())
    (block,) = rows(ledger, Mitigation)
    assert block.target == {"address": CONTROL, "port": 6667, "proto": "tcp", "name": None}
    assert (block.case, block.owner, block.state) == (CASE.id, "example-provider", "proposed")
    assert block.reason == "A device that behaves like a bot calls it."
    assert block.until == workspace.now() + timedelta(days=BLOCK_DAYS)


def test_one_file_waits_and_names_nobody(workspace: Workspace, ledger: Ledger) -> None:
    infect(ledger)
    run(workspace, ledger)
    ((path, content),), (entry,) = outbox(workspace).items(), rows(ledger, Outbox)
    assert (entry.path, entry.kind, entry.recipient, entry.state) == (
        path,
        "mitigation",
        "example-provider",
        "awaiting_approval",
    )
    assert f"{CONTROL} . tcp . 6667" in content.decode()
    assert HOST not in content.decode()
    assert ATTACKED not in content.decode()


def test_a_second_run_changes_nothing(workspace: Workspace, ledger: Ledger) -> None:
    infect(ledger)
    first = run(workspace, ledger)
    before = (rows(ledger, Mitigation), rows(ledger, Outbox), outbox(workspace))
    assert run(after(workspace, days=1), ledger) == first
    assert (rows(ledger, Mitigation), rows(ledger, Outbox), outbox(workspace)) == before


def test_a_block_whose_time_is_over_is_proposed_anew_while_the_case_goes_on(
    workspace: Workspace, ledger: Ledger
) -> None:
    infect(ledger)
    run(workspace, ledger)
    late = after(workspace, days=BLOCK_DAYS)
    assert run(late, ledger).waiting == 1
    assert [block.until for block in rows(ledger, Mitigation)] == [late.now() + timedelta(days=BLOCK_DAYS)]


def test_new_endpoints_are_asked_for_in_a_new_file(workspace: Workspace, ledger: Ledger) -> None:
    infect(ledger)
    run(workspace, ledger)
    with ledger.write() as connection:
        put(connection, [replace(entry, state="approved") for entry in rows(ledger, Outbox)])
    approved = outbox(workspace)
    other = Peer(address="2001:db8::bad", port=443, proto="tcp", name=None)
    infect(ledger, findings=calling(other))
    assert run(workspace, ledger) == Outcome("nftables", waiting=1, withdrawn=0, refused=())
    assert approved.items() < outbox(workspace).items()
    assert sorted(entry.state for entry in rows(ledger, Outbox)) == ["approved", "awaiting_approval"]


def test_a_file_that_is_overtaken_is_withdrawn(workspace: Workspace, ledger: Ledger) -> None:
    infect(ledger)
    run(workspace, ledger)
    infect(ledger, findings=calling(Peer(address="2001:db8::bad", port=443, proto="tcp", name=None)))
    assert (run(workspace, ledger).waiting, len(outbox(workspace))) == (1, 1)
    assert sorted(entry.state for entry in rows(ledger, Outbox)) == ["awaiting_approval", "withdrawn"]


def test_a_case_that_proves_false_ends_its_proposals(workspace: Workspace, ledger: Ledger) -> None:
    infect(ledger)
    run(workspace, ledger)
    infect(ledger, case=replace(CASE, state="false_positive"))
    assert run(workspace, ledger) == Outcome("nftables", waiting=0, withdrawn=1, refused=())
    assert [block.state for block in rows(ledger, Mitigation)] == ["ended"]


def test_an_active_block_stays_until_its_end(workspace: Workspace, ledger: Ledger) -> None:
    infect(ledger)
    run(workspace, ledger)
    with ledger.write() as connection:
        put(connection, [replace(block, state="active") for block in rows(ledger, Mitigation)])
    infect(ledger, case=replace(CASE, state="verified_clean"))
    assert run(workspace, ledger).waiting == 1
    assert [block.state for block in rows(ledger, Mitigation)] == ["active"]


@pytest.mark.parametrize("marking", MARKINGS)
def test_only_what_never_leaves_is_never_blocked(workspace: Workspace, ledger: Ledger, marking: str) -> None:
    infect(ledger, replace(CASE, marking=marking), marked(marking))
    outcome = run(workspace, ledger)
    assert (outcome.waiting, len(rows(ledger, Mitigation))) == ((0, 0) if marking == "TLP:RED" else (1, 1))
    assert {entry.marking for entry in rows(ledger, Outbox)} <= {marking}


def test_what_cannot_be_matched_exactly_is_said(workspace: Workspace, ledger: Ledger) -> None:
    infect(ledger, findings=[])
    infect(ledger, findings=calling(Peer(address=CONTROL, port=None, proto="icmp", name=None)))
    assert run(workspace, ledger).refused == (
        f"case {CASE.id}: {CONTROL}/icmp: a block needs an address, TCP or UDP, and a port",
    )
    assert (rows(ledger, Mitigation), outbox(workspace)) == ([], {})


def test_attacked_parties_are_not_blocked(workspace: Workspace, ledger: Ledger) -> None:
    infect(ledger, findings=[finding for finding in FINDINGS if finding.behaviour == "ddos_source"])
    assert run(workspace, ledger).waiting == 0
    assert rows(ledger, Mitigation) == []


def test_hidden_findings_ask_for_nothing(workspace: Workspace, ledger: Ledger) -> None:
    infect(ledger, findings=[replace(finding, suppressed_by="rule") for finding in FINDINGS])
    assert run(workspace, ledger) == Outcome("nftables", waiting=0, withdrawn=0, refused=())
