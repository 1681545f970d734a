"""The flow as a whole: its order, and what a measure says before and after."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file
from pathlib import Path

import pytest

from tocsin.content import packaged
from tocsin.errors import TocsinError, WrongUse
from tocsin.parties.enrol import Entry
from tocsin.pipeline import DETECT, INGEST, MEASURE, MERGE, RESPOND, STAGES, Advance, Run, flow, found, measured
from tocsin.records import Case, Measure, Notice, RoadmapItem
from tocsin.store.ledger import Ledger, open_ledger, read
from tocsin.workspace import Workspace


@contextmanager
def quiet(_: str) -> Iterator[Advance]:
    yield lambda done, total: None


def test_the_order_of_the_stages() -> None:
    assert STAGES == (INGEST, DETECT, MERGE, RESPOND, MEASURE)


def test_from_flows_to_figures(workspace: Workspace, ledger: Ledger) -> None:
    with as_file(packaged("demo/iot23-34-1.conn.log.xz")) as flows:
        run = Run(workspace, ledger, quiet, (flows,), days=1)
        lines = flow(run, STAGES)
    assert lines[0] == "23\N{NARROW NO-BREAK SPACE}145 rows read, 0 quarantined"
    assert "1 case opened" in lines
    with ledger.look() as connection:
        assert len(read(connection, Case)) == len(read(connection, Notice)) == 1
        figures = {(f.name, f.scope, f.end == workspace.now()): f for f in read(connection, Measure)}
    after = figures["infection_rate", "example-campus", True]
    assert (after.value, after.numerator, after.denominator) == (1000, 1, 1)
    assert figures["infection_rate", "example-provider", True].value is None
    before = figures["infection_rate", "example-campus", False]
    assert before.missing == "not known: no sensor watched the networks of example-campus"
    assert {figure.end for figure in measured(run)} == {workspace.now()}


def test_progress_is_told_of_each_stage(workspace: Workspace, ledger: Ledger) -> None:
    told: list[str] = []

    @contextmanager
    def listen(what: str) -> Iterator[Advance]:
        told.append(what)
        yield lambda done, total: None

    flow(Run(workspace, ledger, listen), (MERGE, RESPOND))
    assert told == ["Merging findings into cases", "Preparing notices and blocks"]


def test_a_workspace_is_founded_with_the_road_map(tmp_path: Path) -> None:
    workspace = found(tmp_path / "new", Entry(id="isp", role="operator"), "TLP:GREEN")
    assert workspace.settings.marking == "TLP:GREEN"
    with open_ledger(workspace.ledger) as ledger, ledger.look() as connection:
        assert {"goal", "action", "task"} <= {item.kind for item in read(connection, RoadmapItem)}


def test_a_wrong_entry_founds_nothing(tmp_path: Path) -> None:
    with pytest.raises(WrongUse):
        found(tmp_path / "new", Entry(id="isp", role="operator", networks=("everywhere",)))
    assert not (tmp_path / "new").exists()


def test_what_failed_half_way_can_be_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    operator = Entry(id="isp", role="operator")
    monkeypatch.setenv("TOCSIN_LEDGER", f"sqlite:///{tmp_path}/no/such/folder/ledger.db")
    with pytest.raises(TocsinError):
        found(tmp_path / "new", operator)
    monkeypatch.delenv("TOCSIN_LEDGER")
    assert found(tmp_path / "new", operator).party == "isp"


def test_figures_are_those_of_the_window_that_was_asked_for(workspace: Workspace, ledger: Ledger) -> None:
    for days in (1, 3):
        run = Run(workspace, ledger, quiet, days=days)
        flow(run, [MEASURE])
        assert {(figure.end - figure.start).days for figure in measured(run)} == {days}
