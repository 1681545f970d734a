"""What is past its time goes, but for what cases need; and what went is on record."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tests.store.lakes import HOST, NEW, OLD, OTHER, contents, fill, flow, lease, listed, on_disk, three_ingests
from tests.store.lakes import KEPT as OWN
from tocsin.records import Coverage, Edition, Flow, Ingest, LakeFile, Lease, Quarantine, Removal
from tocsin.store.compaction import compact
from tocsin.store.lake import lake_files
from tocsin.store.ledger import Ledger, put, read
from tocsin.store.retention import expire, expires
from tocsin.store.spans import Span
from tocsin.store.undo import undo
from tocsin.workspace import Retention, Retentions, Workspace


def keeping(workspace: Workspace, **retentions: Retention) -> Workspace:
    """The workspace with other settings."""
    settings = workspace.settings.model_copy(update={"retention": Retentions(**retentions)})
    return replace(workspace, settings=settings)


@pytest.mark.parametrize(
    ("days", "day", "over"),
    [
        (7, date(2018, 12, 15), False),
        (7, OLD, True),
        (0, NEW, True),
        (0, date(2018, 12, 22), False),
        (None, OLD, False),
    ],
)
def test_a_day_is_over_when_its_days_are(workspace: Workspace, days: int | None, day: date, over: bool) -> None:
    assert expires(keeping(workspace, telemetry=Retention(days=days)), "flow", day) is over


@pytest.mark.parametrize(("day", "over"), [(date(2018, 11, 30), True), (date(2018, 12, 1), False)])
def test_sums_outlive_what_they_sum(workspace: Workspace, day: date, over: bool) -> None:
    assert expires(workspace, "pair_day", day) is over
    assert expires(workspace, "flow", day)


def test_a_day_past_its_time_goes_and_is_on_record(workspace: Workspace, ledger: Ledger) -> None:
    three_ingests(workspace, ledger)
    workspace = keeping(workspace, telemetry=Retention(days=7, basis="section 1 of an example act"))
    would = expire(workspace, ledger, {}, dry_run=True)
    with ledger.look() as connection:
        assert not read(connection, Removal)
    assert len(contents(workspace, ledger)) == 300
    done = expire(workspace, ledger, {})
    assert done == would
    assert (done.rows, done.kept) == (153, 0)
    assert {row["time"].date() for row in contents(workspace, ledger)} == {NEW}
    assert on_disk(workspace) == listed(ledger)
    with ledger.look() as connection:
        records = {record.telemetry: record for record in read(connection, Removal)}
        assert not read(connection, Quarantine)
        assert len(read(connection, Ingest)) == 3
        assert {cover.day for cover in read(connection, Coverage)} == {OLD, NEW}
    assert (records["flow"].day, records["flow"].files, records["flow"].rows) == (OLD, 3, 150)
    assert records["flow"].reason == "retention.telemetry.days = 7; legal basis: section 1 of an example act"
    assert (records["quarantine"].rows, records["flow"].time) == (3, workspace.now())
    assert expire(workspace, ledger, {}).rows == 0


@pytest.mark.parametrize("compacted", [False, True])
def test_of_a_day_that_goes_the_rows_of_a_case_stay_as_evidence(
    workspace: Workspace, ledger: Ledger, compacted: bool
) -> None:
    three_ingests(workspace, ledger)
    fill(workspace, ledger, "scan", [flow(OLD, 7.7, OTHER, responder=HOST), flow(OLD, 8.8, OTHER)])
    if compacted:
        compact(workspace, ledger)
    done = expire(workspace, ledger, {OLD: [Span(HOST)]})
    assert done.kept == 76
    assert [row["time"].date() for row in contents(workspace, ledger)] == [NEW] * 150
    kept = contents(workspace, ledger, "evidence_flow")
    assert {HOST in (row["initiator"], row["responder"]) for row in kept} == {True}
    with ledger.look() as connection:
        reads = {file.telemetry for file in read(connection, LakeFile)}
        assert len(lake_files(connection, workspace.lake, Flow)) == len(read(connection, LakeFile))
    assert reads == {"flow", "evidence_flow"}
    again = expire(workspace, ledger, {OLD: [Span(HOST)]})
    assert (again.removals, again.kept) == ((), 76)
    undo(workspace, ledger, "scan")
    assert len(contents(workspace, ledger, "evidence_flow")) == 75
    over = expire(workspace, ledger, {})
    assert [(record.about, record.telemetry, record.rows) for record in over.removals] == [
        ("evidence", "evidence_flow", 75)
    ]
    assert "evidence.days = 90" in over.removals[0].reason
    assert on_disk(workspace) == listed(ledger)


def test_a_lease_that_began_before_the_day_of_the_finding_is_kept_for_it(workspace: Workspace, ledger: Ledger) -> None:
    start, end = datetime(2018, 12, 12), datetime(2018, 12, 14, 1)
    rows = [lease(HOST, "a", start, end), lease(HOST, "b", start, start), lease(OTHER, "c", start, end)]
    fill(workspace, ledger, "leases", rows, Lease)
    since = datetime(2018, 12, 14, tzinfo=UTC)
    expire(workspace, ledger, {OLD: [Span(HOST, since)]})
    assert [row["subscriber"] for row in contents(workspace, ledger, "evidence_lease")] == ["a"]


def test_editions_go_only_when_the_settings_say_so(workspace: Workspace, ledger: Ledger) -> None:
    moment = datetime(2018, 1, 1, tzinfo=UTC)
    edition = Edition(id="2018", as_of=moment, audience="public", digest="", document={}, written=moment, **OWN)
    with ledger.write() as connection:
        put(connection, [edition])
    assert expire(workspace, ledger, {}).rows == 0
    done = expire(keeping(workspace, editions=Retention(days=100)), ledger, {})
    assert [(record.about, record.telemetry, record.rows) for record in done.removals] == [("editions", "edition", 1)]
    with ledger.look() as connection:
        assert not read(connection, Edition)
