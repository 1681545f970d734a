"""An ingest that was taken back was never there: ledgers are compared, table by table."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import HEADER
from tests.conftest import NOW
from tests.store.lakes import contents, on_disk
from tocsin.cases import happen
from tocsin.detect._run import detectors
from tocsin.errors import WrongUse
from tocsin.parties.enrol import Entry, enrol
from tocsin.pipeline import DETECT, MERGE, RESPOND, Run, flow, undone
from tocsin.records import LEDGER_TABLES, Case, CaseEvent, Finding, Ingest, Judgement, Removal
from tocsin.store.ledger import Ledger, open_ledger, read
from tocsin.store.undo import undo
from tocsin.telemetry import ingest
from tocsin.workspace import Workspace, create_workspace

HOST, OTHER, PEER = "192.168.1.10", "192.168.1.11", "198.51.100.7"
DAY, BEFORE = date(2018, 12, 20), date(2018, 12, 19)


def beacon(day: date, host: str = HOST, peer: str = PEER, first: int = 0) -> list[str]:
    """A day's lines of conn.log in which a host calls a silent peer every minute for ten hours."""
    return [line(day, first + i * 60, host, peer, 4444) for i in range(600)]


def scan(day: date, host: str = HOST) -> list[str]:
    """Lines in which a host tries many addresses of the same network."""
    return [line(day, i + 0.5, host, f"198.18.{i // 200}.{i % 200 + 1}", 23) for i in range(600)]


def line(day: date, second: float, host: str, peer: str, port: int) -> str:
    midnight = 1545177600 + (day - BEFORE).days * 86_400
    return f"{midnight + second:.6f}\tC{port}\t{host}\t40000\t{peer}\t{port}\ttcp\t-\t1.0\t0\t0\tS0\t2\t120\t0\t0"


# For a host each: what is read first and stays, and what is read then and taken back.
STORIES: tuple[tuple[list[str], list[str]], ...] = (
    (beacon(DAY), []),
    ([], beacon(DAY, "192.168.1.11")),
    (beacon(DAY, "192.168.1.12"), beacon(BEFORE, "192.168.1.12")),
    (beacon(BEFORE, "192.168.1.13"), beacon(DAY, "192.168.1.13")),
    (beacon(DAY, "192.168.1.14"), scan(DAY, "192.168.1.14")),
    (beacon(DAY, "192.168.1.15"), beacon(DAY, "192.168.1.15", "198.51.100.99", first=60)),
    (beacon(DAY, "192.168.1.16"), scan(DAY, "192.168.1.16")[:1]),
)
STAYS = [line for stays, _ in STORIES for line in stays]
GOES = [line for _, goes in STORIES for line in goes]
Make = Callable[[str], tuple[Workspace, Ledger]]


@contextmanager
def _quiet(_: str) -> Iterator[Callable[[int, int], None]]:
    yield lambda _done, _total: None


@pytest.fixture(autouse=True)
def two_detectors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two behaviours are enough to tell whether what was found goes; all of them take their time."""
    found = {name: unit for name, unit in detectors().items() if name in ("c2_beacon", "scan_horizontal")}
    monkeypatch.setattr("tocsin.detect._run.detectors", lambda: found)


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Workspaces that are all alike, by name."""
    ledgers = []

    def made(name: str) -> tuple[Workspace, Ledger]:
        workspace = create_workspace(tmp_path / name, "example-provider", now=NOW)
        ledger = open_ledger(workspace.ledger)
        ledgers.append(ledger)
        with ledger.write() as connection:
            for entry in (
                Entry(id="example-provider", role="operator", networks=("192.168.0.0/16",), abuse="abuse@example.net"),
                Entry(id="example-campus", networks=("192.168.1.0/24",), abuse="abuse@example.org"),
            ):
                enrol(connection, workspace, replace(entry, since=date(2018, 1, 1)))
        return workspace, ledger

    yield made
    for ledger in ledgers:
        ledger.close()


def log(tmp_path: Path, name: str, lines: list[str]) -> Path:
    path = tmp_path / name
    path.write_text("\n".join([HEADER, *lines]) + "\n")
    return path


def look(workspace: Workspace, ledger: Ledger) -> None:
    flow(Run(workspace, ledger, _quiet), (DETECT, MERGE, RESPOND))


def state(workspace: Workspace, ledger: Ledger) -> dict[str, Any]:
    """All that a workspace holds, but for the history: what happened did happen."""
    with ledger.look() as connection:
        tables = {
            table.__name__: read(connection, table) for table in LEDGER_TABLES if table not in (CaseEvent, Removal)
        }
        tables["histories"] = sorted({event.case for event in read(connection, CaseEvent)})  # type: ignore[assignment]
    outbox = {path.name: path.read_bytes() for path in sorted(workspace.outbox.rglob("*")) if path.is_file()}
    return {**tables, "lake": on_disk(workspace), "rows": contents(workspace, ledger), "outbox": outbox}


@pytest.mark.parametrize(
    ("stays", "sensor"), [(STAYS, "example-provider"), (STAYS, "core"), ([], "core")], ids=["same", "other", "alone"]
)
def test_it_is_as_if_it_had_never_been_read(make: Make, tmp_path: Path, stays: list[str], sensor: str) -> None:
    first, second = log(tmp_path, "a.log", stays), log(tmp_path, "b.log", GOES)
    never, untouched = make("never")
    workspace, ledger = make("workspace")
    for where, into in ((never, untouched), (workspace, ledger)):
        if stays:
            ingest(where, into, [first])
    look(never, untouched)
    ingest(workspace, ledger, [second], sensor=sensor)
    look(workspace, ledger)
    before = state(workspace, ledger)
    assert len(before["Case"]) >= (7 if stays else 5)
    lines = undone(Run(workspace, ledger, _quiet), str(second))
    assert lines[0].startswith(f"taken back: {second}")
    after, wanted = state(workspace, ledger), state(never, untouched)
    assert {name: after[name] for name in after if after[name] != wanted[name]} == {}
    assert before != after


def test_it_can_be_read_again_and_taken_back_again(make: Make, tmp_path: Path) -> None:
    workspace, ledger = make("workspace")
    path = log(tmp_path, "a.log", beacon(DAY))
    states = []
    for _ in range(2):
        ingest(workspace, ledger, [path])
        look(workspace, ledger)
        states.append(state(workspace, ledger))
        undone(Run(workspace, ledger, _quiet), str(path))
    assert states[0] == states[1]
    with ledger.look() as connection:
        (record,) = {record.about for record in read(connection, Removal)}
        assert not read(connection, Case)
    assert undone(Run(workspace, ledger, _quiet), record)[0].startswith("taken back before")


def test_what_a_person_has_done_is_not_forgotten(make: Make, tmp_path: Path) -> None:
    workspace, ledger = make("workspace")
    path = log(tmp_path, "a.log", beacon(DAY))
    ingest(workspace, ledger, [path])
    look(workspace, ledger)
    with ledger.write() as connection:
        happen(connection, workspace, read(connection, Case)[0], "acknowledge", "somebody")
    undone(Run(workspace, ledger, _quiet), str(path))
    with ledger.look() as connection:
        (case,) = read(connection, Case)
        events = [event.event for event in read(connection, CaseEvent)]
    assert (case.state, case.findings) == ("false_positive", [])
    assert events[-2:] == ["acknowledge", "dismiss"]


def test_where_no_detector_has_looked_none_looks(make: Make, tmp_path: Path) -> None:
    workspace, ledger = make("workspace")
    paths = [log(tmp_path, "a.log", beacon(DAY)), log(tmp_path, "b.log", beacon(DAY, OTHER))]
    ingest(workspace, ledger, paths)
    assert len(undone(Run(workspace, ledger, _quiet), str(paths[0]))) == 1
    # Both are small, so they had a file together.
    assert {row["initiator"] for row in contents(workspace, ledger)} == {OTHER}
    with ledger.look() as connection:
        assert not read(connection, Judgement)


def test_a_day_whose_other_rows_have_expired_keeps_its_findings(make: Make, tmp_path: Path) -> None:
    workspace, ledger = make("workspace")
    paths = [log(tmp_path, "a.log", beacon(DAY)), log(tmp_path, "b.log", beacon(DAY, OTHER))]
    ingest(workspace, ledger, paths)
    look(workspace, ledger)
    with ledger.write() as connection:
        connection.exec_driver_sql("DELETE FROM lake_file")
    done = undo(workspace, ledger, str(paths[1]))
    assert (done.rows, done.days) == (0, (DAY,))
    look(workspace, ledger)
    with ledger.look() as connection:
        assert {finding.host for finding in read(connection, Finding)} == {HOST, OTHER}


def test_names_that_mean_no_ingest_or_several(make: Make, tmp_path: Path) -> None:
    workspace, ledger = make("workspace")
    path = log(tmp_path, "a.log", beacon(DAY))
    ids = [ingest(workspace, ledger, [path], sensor=sensor).files[0].ingest or "" for sensor in ("one", "two")]
    for name, told in (("none", "no such ingest: none"), (ids[0][:3], "no such ingest"), (str(path), "2 ingests are")):
        with pytest.raises(WrongUse, match=told):
            undo(workspace, ledger, name)
    assert undo(workspace, ledger, ids[0][:8]).ingest == ids[0]
    with ledger.look() as connection:
        assert [ingest.id for ingest in read(connection, Ingest)] == [ids[1]]
