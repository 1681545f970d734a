"""A second look at the same lake does only what is new, and what was taken back takes its findings with it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.detect.flows import DAY, HOST, PEER, Row, flow, unanswered
from tests.detect.test_detect import fill, watched
from tocsin.detect import _basis, detect
from tocsin.parties.enrol import Entry, enrol
from tocsin.records import Coverage, Finding, LakeFile, Looked, PairDay
from tocsin.store.engine import open_engine
from tocsin.store.lake import lake_files
from tocsin.store.ledger import Ledger, put, read, remove
from tocsin.store.removals import removals
from tocsin.store.retention import KIND
from tocsin.workspace import Workspace

__all__ = ["watched"]

BEACON = [unanswered(i * 60) for i in range(100)]


def on(day: int, rows: list[Row]) -> list[Row]:
    return [row | {"time": row["time"] + timedelta(days=day)} for row in rows]


def cover(workspace: Workspace, ledger: Ledger, day: date, ingest: str = "one") -> None:
    own: dict[str, Any] = {"party": workspace.party, "marking": "TLP:AMBER", "source": "test"}
    seen: dict[str, Any] = dict.fromkeys(("first", "last"), datetime(day.year, day.month, day.day, tzinfo=UTC))
    place: dict[str, Any] = {"sensor": "edge", "network": "192.0.2.0/24", "telemetry": "flow"}
    with ledger.write() as connection:
        put(connection, [Coverage(**own, **place, **seen, ingest=ingest, day=day, rows=1, sampling=1)])


def found(ledger: Ledger) -> list[date]:
    with ledger.look() as connection:
        return sorted(finding.day for finding in read(connection, Finding))


def test_only_days_with_new_files_are_looked_at(watched: Workspace, ledger: Ledger) -> None:
    fill(watched, ledger, on(0, BEACON) + on(40, BEACON))
    assert detect(watched, ledger).skipped == ()
    fill(watched, ledger, on(80, BEACON), "two")
    summary = detect(watched, ledger)
    assert summary.skipped == (date(2026, 3, 1), date(2026, 4, 10))
    assert [finding.day for finding in summary.findings] == [date(2026, 5, 20)]
    assert len(found(ledger)) == 3


def test_a_run_that_is_killed_goes_on_where_it_was(watched: Workspace, ledger: Ledger) -> None:
    fill(watched, ledger, on(0, BEACON) + on(1, BEACON))

    def kill(done: int, _: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        detect(watched, ledger, progress=kill)
    assert found(ledger) == [date(2026, 3, 1)]
    assert detect(watched, ledger).skipped == (date(2026, 3, 1),)
    assert found(ledger) == [date(2026, 3, 1), date(2026, 3, 2)]


def test_new_networks_or_new_code_mean_a_new_look(
    watched: Workspace, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(watched, ledger, BEACON)
    detect(watched, ledger)
    with ledger.write() as connection:
        enrol(connection, watched, Entry(id="example-campus", networks=("203.0.113.0/24",)))
    assert detect(watched, ledger).skipped == ()
    monkeypatch.setattr(_basis, "__version__", "another")
    assert detect(watched, ledger).skipped == ()
    assert len(detect(watched, ledger).skipped) == 1


def test_what_is_taken_back_takes_its_findings_with_it(watched: Workspace, ledger: Ledger) -> None:
    fill(watched, ledger, BEACON)
    cover(watched, ledger, DAY.date())
    detect(watched, ledger)
    with ledger.write() as connection:
        remove(connection, LakeFile, telemetry="flow")
        remove(connection, Coverage)
    assert detect(watched, ledger).gone == (DAY.date(),)
    assert found(ledger) == []
    with ledger.look() as connection:
        assert (read(connection, Looked), read(connection, LakeFile)) == ([], [])
    assert not list(Path(watched.lake).glob("pair_day/**/*.parquet"))


def test_what_has_expired_leaves_its_findings(watched: Workspace, ledger: Ledger) -> None:
    fill(watched, ledger, BEACON)
    cover(watched, ledger, DAY.date())
    detect(watched, ledger)
    with ledger.write() as connection:
        remove(connection, LakeFile, telemetry="flow")
    assert detect(watched, ledger).gone == ()
    assert found(ledger) == [DAY.date()]


def test_what_has_expired_is_known_by_its_record_too(watched: Workspace, ledger: Ledger) -> None:
    fill(watched, ledger, BEACON)
    detect(watched, ledger)
    with ledger.write() as connection:
        remove(connection, LakeFile, telemetry="flow")
        put(connection, removals(watched, KIND, "telemetry", "past its time", [("flow", DAY.date(), 100)]))
    assert detect(watched, ledger).gone == ()
    assert found(ledger) == [DAY.date()]


def test_a_part_that_is_taken_back_takes_what_rested_on_it(watched: Workspace, ledger: Ledger) -> None:
    fill(watched, ledger, BEACON)
    fill(watched, ledger, [flow(1, responder="198.51.100.200")], "two")
    detect(watched, ledger)
    with ledger.write() as connection:
        remove(connection, LakeFile, ingest="one")
    detect(watched, ledger)
    assert found(ledger) == []


def test_findings_of_others_stay(watched: Workspace, ledger: Ledger) -> None:
    fill(watched, ledger, BEACON)
    (own,) = detect(watched, ledger).findings
    with ledger.write() as connection:
        put(connection, [replace(own, id="theirs", behaviour="corroborated_c2", source="exchange/corroborate")])
        remove(connection, LakeFile, telemetry="flow")
    detect(watched, ledger)
    with ledger.look() as connection:
        assert [finding.id for finding in read(connection, Finding)] == ["theirs"]


def test_a_daily_sum_is_kept_once_and_written_anew_with_its_day(watched: Workspace, ledger: Ledger) -> None:
    fill(watched, ledger, [flow(0), flow(60.5), unanswered(7200)])
    detect(watched, ledger)
    fill(watched, ledger, [flow(90, responder_port=None, protocol="icmp")], "two")
    detect(watched, ledger)
    with ledger.look() as connection:
        files = lake_files(connection, Path(watched.lake), PairDay)
    assert sorted(Path(watched.lake).glob("pair_day/**/*.parquet")) == files
    with open_engine() as engine:
        ping, calls = sorted(engine.rows(engine.table(PairDay, files)).to_pylist(), key=lambda row: row["protocol"])
    start = int(DAY.replace(tzinfo=UTC).timestamp() * 1e6)
    assert (calls["host"], calls["peer"], calls["flows"], calls["answered"], calls["unanswered"], calls["hours"]) == (
        *(HOST, PEER),
        *(3, 2, 1, 2),
    )
    assert calls["contacts"] == [start, start + 60_500_000, start + 7_200_000_000]
    assert (ping["port"], ping["flows"], ping["contacts"]) == (None, 1, [])
