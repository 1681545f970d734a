"""Findings become cases: one for each subject, with the party that must act."""

from dataclasses import replace
from datetime import UTC, datetime

from tests.cases.conftest import Made
from tocsin.cases import happen, merge
from tocsin.parties.enrol import Entry, enrol
from tocsin.records import Case, CaseEvent, Finding
from tocsin.store.ledger import Ledger, one, put, read, remove
from tocsin.workspace import Workspace


def test_one_case_for_each_subject(workspace: Workspace, ledger: Ledger, finding: Made) -> None:
    found = [
        finding(),
        finding(day=22, confidence=95),
        finding(behaviour="ddos_source"),
        finding(host="192.168.7.7", day=22),
    ]
    with ledger.write() as connection:
        put(connection, found)
    summary = merge(workspace, ledger)
    assert len(summary.opened) == 2
    with ledger.look() as connection:
        cases = {case.subject["value"]: case for case in read(connection, Case)}
    case = cases["192.168.1.195"]
    assert case.behaviours == ["c2_beacon", "ddos_source"]
    assert set(case.findings) == {f.id for f in found[:3]}
    assert (case.severity, case.state) == (95, "open")
    assert case.opened == datetime(2018, 12, 21, 12, tzinfo=UTC)
    assert case.last_seen == datetime(2018, 12, 22, 13, tzinfo=UTC)
    assert case.responsible["party"] == "example-campus"
    assert case.responsible["alternatives"] == ["example-provider"]
    assert cases["192.168.7.7"].responsible["party"] == "example-provider"


def test_merging_again_changes_nothing(workspace: Workspace, ledger: Ledger, finding: Made) -> None:
    with ledger.write() as connection:
        put(connection, [finding(), finding(day=22)])
    merge(workspace, ledger)
    with ledger.look() as connection:
        before = read(connection, Case), read(connection, CaseEvent)
    assert merge(workspace, ledger).opened == ()
    with ledger.look() as connection:
        assert (read(connection, Case), read(connection, CaseEvent)) == before


def test_what_a_rule_hides_opens_no_case(workspace: Workspace, ledger: Ledger, finding: Made) -> None:
    with ledger.write() as connection:
        put(connection, [finding(suppressed_by="ntp")])
    assert merge(workspace, ledger).opened == ()


def test_an_address_outside_every_network_has_nobody(workspace: Workspace, ledger: Ledger, finding: Made) -> None:
    with ledger.write() as connection:
        put(connection, [finding(host="203.0.113.9")])
    merge(workspace, ledger)
    with ledger.look() as connection:
        (case,) = read(connection, Case)
    assert case.responsible["party"] is None
    assert "no party holds" in case.responsible["how"]


def test_later_findings_extend_a_case_that_lives(workspace: Workspace, ledger: Ledger, finding: Made) -> None:
    with ledger.write() as connection:
        put(connection, [finding()])
    (opened,) = merge(workspace, ledger).opened
    with ledger.write() as connection:
        put(connection, [finding(day=22)])
    assert merge(workspace, ledger).extended == (opened,)
    with ledger.look() as connection:
        (case,) = read(connection, Case)
    assert len(case.findings) == 2


def test_a_relapse_reopens_the_case(workspace: Workspace, ledger: Ledger, finding: Made) -> None:
    with ledger.write() as connection:
        put(connection, [finding()])
    (opened,) = merge(workspace, ledger).opened
    with ledger.write() as connection:
        case = one(connection, Case, id=opened)
        assert case is not None
        happen(connection, workspace, case, "claim", "campus", "device was reset")
        put(connection, [finding(day=22)])
    assert merge(workspace, ledger).extended == (opened,), "evidence from before the claim"
    with ledger.write() as connection:
        put(connection, [finding(day=23)])
    assert merge(workspace, ledger).reopened == (opened,)
    with ledger.look() as connection:
        (case,) = read(connection, Case)
        events = [event.event for event in read(connection, CaseEvent)]
    assert case.state == "open"
    assert events == ["found", "claim", "found", "reopen"]


def test_old_evidence_does_not_reopen(workspace: Workspace, ledger: Ledger, finding: Made) -> None:
    with ledger.write() as connection:
        put(connection, [finding(day=22)])
    (opened,) = merge(workspace, ledger).opened
    with ledger.write() as connection:
        case = one(connection, Case, id=opened)
        assert case is not None
        happen(connection, workspace, case, "dismiss", "analyst")
        put(connection, [finding(day=21)])
    assert merge(workspace, ledger).extended == (opened,)
    with ledger.look() as connection:
        (case,) = read(connection, Case)
    assert case.state == "false_positive"
    assert case.opened == datetime(2018, 12, 21, 12, tzinfo=UTC)


def test_a_finding_that_grew_extends_its_case(workspace: Workspace, ledger: Ledger, finding: Made) -> None:
    with ledger.write() as connection:
        put(connection, [finding()])
    (opened,) = merge(workspace, ledger).opened
    later = datetime(2018, 12, 21, 22, tzinfo=UTC)
    with ledger.write() as connection:
        put(connection, [finding(last_seen=later, confidence=99)])
    assert merge(workspace, ledger).extended == (opened,)
    with ledger.look() as connection:
        (case,) = read(connection, Case)
    assert (case.last_seen, case.severity, len(case.findings)) == (later, 99, 1)


def test_a_case_whose_findings_no_longer_hold_is_dismissed(workspace: Workspace, ledger: Ledger, finding: Made) -> None:
    found = finding()
    with ledger.write() as connection:
        put(connection, [found])
    merge(workspace, ledger)
    with ledger.write() as connection:
        remove(connection, Finding, id=found.id)
    merge(workspace, ledger)
    with ledger.look() as connection:
        (case,) = read(connection, Case)
        events = read(connection, CaseEvent)
    assert (case.state, case.findings) == ("false_positive", [])
    assert events[-1].note == "what it rested on no longer holds"


def test_a_new_holder_of_the_network_takes_the_case_over(workspace: Workspace, ledger: Ledger, finding: Made) -> None:
    with ledger.write() as connection:
        put(connection, [finding(host="192.168.7.7")])
    merge(workspace, ledger)
    with ledger.write() as connection:
        enrol(connection, workspace, Entry(id="example-lab", networks=("192.168.7.0/24",)))
    merge(workspace, ledger)
    with ledger.look() as connection:
        (case,) = read(connection, Case)
        events = [event.event for event in read(connection, CaseEvent)]
    assert case.responsible["party"] == "example-lab"
    assert events == ["found", "assign"]


def test_a_case_whose_findings_are_all_hidden_is_dismissed_and_comes_back(
    workspace: Workspace, ledger: Ledger, finding: Made
) -> None:
    found = [finding(), finding(day=20)]
    with ledger.write() as connection:
        put(connection, found)
    (opened,) = merge(workspace, ledger).opened
    with ledger.write() as connection:
        put(connection, [replace(each, suppressed_by="ours") for each in found])
    merge(workspace, ledger)
    with ledger.look() as connection:
        (case,) = read(connection, Case)
        assert (case.state, case.findings) == ("false_positive", [])
        assert read(connection, CaseEvent)[-1].note == "a rule hides what it rested on"
    with ledger.write() as connection:
        put(connection, found)
    assert merge(workspace, ledger).reopened == (opened,), "though its evidence is older than its end"
    with ledger.look() as connection:
        (case,) = read(connection, Case)
    assert (case.state, set(case.findings)) == ("open", {each.id for each in found})


def test_a_case_is_no_more_than_what_still_shows(workspace: Workspace, ledger: Ledger, finding: Made) -> None:
    with ledger.write() as connection:
        put(connection, [finding(confidence=75), finding(behaviour="spam", confidence=95)])
    merge(workspace, ledger)
    with ledger.write() as connection:
        put(connection, [finding(behaviour="spam", confidence=95, suppressed_by="ours")])
    merge(workspace, ledger)
    with ledger.look() as connection:
        (case,) = read(connection, Case)
    assert (case.behaviours, case.severity, case.state) == (["c2_beacon"], 75, "open")


def test_what_an_analyst_dismissed_stays_dismissed(workspace: Workspace, ledger: Ledger, finding: Made) -> None:
    with ledger.write() as connection:
        put(connection, [finding()])
    (opened,) = merge(workspace, ledger).opened
    with ledger.write() as connection:
        case = one(connection, Case, id=opened)
        assert case is not None
        happen(connection, workspace, case, "dismiss", "analyst")
        put(connection, [finding(suppressed_by="ours")])
    merge(workspace, ledger)
    with ledger.write() as connection:
        put(connection, [finding()])
    assert merge(workspace, ledger).reopened == ()
