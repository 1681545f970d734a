"""Cases say whose rows are kept past the time of telemetry."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.store.lakes import HOST, fill, lease
from tocsin.cases import evidence
from tocsin.records import Case, CaseEvent, Finding, Lease
from tocsin.store.ledger import Ledger, put
from tocsin.store.spans import Span
from tocsin.workspace import Workspace

DAY = date(2018, 9, 1)
MOMENT = datetime(2018, 9, 1, 12, tzinfo=UTC)
OWN = {"party": "example-provider", "marking": "TLP:AMBER", "source": "test"}


def keep(workspace: Workspace, ledger: Ledger, kind: str, value: str, state: str, age: timedelta) -> None:
    """A case with one finding, to which the last thing happened so long ago."""
    subject = {"kind": kind, "value": value}
    finding = Finding(
        id="f",
        subject=subject,  # type: ignore[arg-type]
        host=value if kind == "host" else "192.0.2.99",
        behaviour="c2_beacon",
        technique=None,
        day=DAY,
        score=1.0,
        confidence=100,
        first_seen=MOMENT,
        last_seen=MOMENT,
        peers=[],
        evidence=[],
        explanation="",
        detector="c2_beacon",
        suppressed_by=None,
        sides=[],
        **OWN,
    )
    case = Case(
        id="c",
        subject=subject,  # type: ignore[arg-type]
        responsible={"party": None, "how": "", "as_of": None, "alternatives": []},
        state=state,
        severity=100,
        opened=MOMENT,
        last_seen=MOMENT,
        behaviours=["c2_beacon"],
        findings=["f", "gone"],
        sightings=[],
        **OWN,
    )
    event = CaseEvent(
        case="c", sequence=1, time=workspace.now() - age, event="verify", state=state, actor="a", note=None, **OWN
    )
    with ledger.write() as connection:
        put(connection, [finding, case, event])


@pytest.mark.parametrize(
    ("state", "days", "kept"),
    [("open", 400, True), ("claimed", 400, True), ("verified_clean", 89, True), ("verified_clean", 91, False)],
)
def test_a_case_needs_its_rows_while_it_goes_on_and_a_while_after(
    workspace: Workspace, ledger: Ledger, state: str, days: int, kept: bool
) -> None:
    keep(workspace, ledger, "host", HOST, state, timedelta(days=days))
    with ledger.look() as connection:
        assert evidence(connection, workspace) == ({DAY: [Span(HOST)]} if kept else {})


def test_without_a_number_of_days_it_is_kept_for_ever(workspace: Workspace, ledger: Ledger) -> None:
    retention = workspace.settings.retention
    for_ever = retention.model_copy(update={"evidence": retention.evidence.model_copy(update={"days": None})})
    workspace = replace(workspace, settings=workspace.settings.model_copy(update={"retention": for_ever}))
    keep(workspace, ledger, "host", HOST, "expired", timedelta(days=9999))
    with ledger.look() as connection:
        assert evidence(connection, workspace) == {DAY: [Span(HOST)]}


def test_of_a_subscriber_the_rows_of_its_leases_are_kept_and_not_those_of_who_shares_its_address(
    workspace: Workspace, ledger: Ledger
) -> None:
    start = MOMENT.replace(tzinfo=None)
    block = lease("192.0.2.99", "token", start, start + timedelta(hours=1), port_low=1000, port_high=1999)
    fill(workspace, ledger, "leases", [block], Lease)
    keep(workspace, ledger, "subscriber", "token", "open", timedelta(0))
    with ledger.look() as connection:
        held = evidence(connection, workspace)
    assert held == {DAY: [Span("192.0.2.99", MOMENT, MOMENT + timedelta(hours=1), 1000, 1999)]}


def test_of_what_has_no_address_the_name_is_kept(workspace: Workspace, ledger: Ledger) -> None:
    keep(workspace, ledger, "infrastructure", "203.0.113.9", "open", timedelta(0))
    with ledger.look() as connection:
        assert Span("192.0.2.99") in evidence(connection, workspace)[DAY]
