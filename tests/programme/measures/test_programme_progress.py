"""Progress of the programme: tasks counted by state, at a moment."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tocsin.programme import import_roadmap, measure, read_roadmap, shipped_roadmap
from tocsin.records import Measure
from tocsin.store.ledger import Ledger
from tocsin.workspace import Workspace

START, END = datetime(2018, 12, 21, tzinfo=UTC), datetime(2018, 12, 23, tzinfo=UTC)
PLAN = """\
id: plan
title: A plan
published: 2018-06-01
next_report: {baseline: 2018-06-01, days: 365, mark: recalled}
items:
- {id: G, kind: goal, title: Goal, state: done, finished: 2018-07-01, mark: recalled}
- {id: A, kind: action, parent: G, title: Action, mark: recalled}
- {id: T1, kind: task, parent: A, title: One, leads: [x], mark: recalled,
   state: done, due: 2018-10-01, finished: 2018-10-11}
- {id: T2, kind: task, parent: A, title: Two, leads: [x], mark: recalled,
   state: done, start: 2018-07-01, finished: 2019-05-01}
- {id: T3, kind: task, parent: A, title: Three, state: blocked, due: 2018-12-12, mark: recalled}
- {id: T4, kind: task, parent: A, title: Four, mark: recalled}
"""


def progress(
    workspace: Workspace, ledger: Ledger, end: datetime = END, as_of: datetime | None = None, start: datetime = START
) -> Measure:
    with ledger.write() as connection:
        figures = measure(connection, workspace, start, end, as_of)
    (figure,) = (figure for figure in figures if figure.name == "programme_progress")
    return figure


@pytest.fixture
def plan(tmp_path: Path, ledger: Ledger) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(PLAN, encoding="utf-8")
    with ledger.write() as connection:
        import_roadmap(connection, *read_roadmap(file, party="example-provider", marking="TLP:GREEN"))


@pytest.mark.usefixtures("plan")
def test_tasks_are_counted_by_what_was_known_of_them(workspace: Workspace, ledger: Ledger) -> None:
    figure = progress(workspace, ledger)
    assert (figure.scope, figure.numerator, figure.denominator, figure.value, figure.unit) == ("all", 1, 4, 25.0, "%")
    assert figure.detail["tasks_by_state"] == {"active": 1, "blocked": 1, "done": 1, "unknown": 1}
    assert figure.detail["blocked_percent"] == 25.0
    assert figure.detail["unknown_percent"] == 25.0
    assert figure.detail["led_percent"] == 50.0
    assert figure.detail["slip_days"] == {"T1": 10, "T3": 10}
    assert figure.basis == ["T1", "T2", "T3", "T4"]
    assert (figure.low, figure.high, figure.coverage, figure.sensors) == (None, None, None, [])


@pytest.mark.usefixtures("plan")
def test_later_a_task_that_ended_later_has_ended(workspace: Workspace, ledger: Ledger) -> None:
    later = datetime(2019, 5, 2, tzinfo=UTC)
    assert progress(workspace, ledger, end=later, as_of=later).value == 50.0
    assert progress(workspace, ledger, end=later, as_of=datetime(2019, 4, 30, tzinfo=UTC)).value == 25.0
    assert progress(workspace, ledger, end=datetime(2019, 5, 1, tzinfo=UTC), as_of=later).value == 25.0


def test_without_a_road_map_progress_is_not_known(workspace: Workspace, ledger: Ledger) -> None:
    figure = progress(workspace, ledger)
    assert (figure.value, figure.missing) == (None, "not known: no road map in the ledger")


def test_before_the_road_map_progress_is_not_known(workspace: Workspace, ledger: Ledger) -> None:
    with ledger.write() as connection:
        import_roadmap(connection, *shipped_roadmap("example-provider"))
    november, day = datetime(2018, 11, 1, tzinfo=UTC), datetime(2018, 11, 29, tzinfo=UTC)
    for end, as_of in ((END, day - timedelta(hours=1)), (day, END)):
        figure = progress(workspace, ledger, start=november, end=end, as_of=as_of)
        assert figure.missing == "not known: the road map was not published before 2018-11-29"


def test_the_shipped_road_map(workspace: Workspace, ledger: Ledger) -> None:
    with ledger.write() as connection:
        import_roadmap(connection, *shipped_roadmap("example-provider"))
    figure = progress(workspace, ledger)
    states = figure.detail["tasks_by_state"]
    assert states["done"] == 1
    assert set(states) == {"done", "unknown"}
    assert figure.denominator == sum(states.values())
    assert figure.value == pytest.approx(100 / sum(states.values()))
