"""All measures together: ids, what is kept, house rules, and what moved."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from tocsin.errors import WrongUse
from tocsin.programme import measure, moved
from tocsin.programme.measures._window import Window, figure
from tocsin.records import Measure
from tocsin.store.ledger import Ledger, read
from tocsin.units import units
from tocsin.workspace import Workspace

START, END = datetime(2018, 12, 21, tzinfo=UTC), datetime(2018, 12, 23, tzinfo=UTC)
WINDOW = Window(party="p", marking="TLP:AMBER", start=START, end=END, as_of=END, computed=END)


def test_a_measure_goes_by_the_name_of_its_file() -> None:
    assert all(unit.name == unit.load().NAME for unit in units("tocsin.programme.measures").values())


def test_figures_are_kept_and_the_same_on_every_run(workspace: Workspace, ledger: Ledger) -> None:
    with ledger.write() as connection:
        first = measure(connection, workspace, START, END)
        second = measure(connection, workspace, START, END)
        kept = read(connection, Measure)
    assert first == second == sorted(kept, key=lambda row: [figure.id for figure in first].index(row.id))
    assert len({figure.id for figure in first}) == len(first)
    assert {figure.name for figure in first} == set(units("tocsin.programme.measures"))


def test_another_window_is_another_figure(workspace: Workspace, ledger: Ledger) -> None:
    with ledger.write() as connection:
        one = measure(connection, workspace, START, END)
        two = measure(connection, workspace, START - timedelta(days=1), START)
    assert {figure.id for figure in one}.isdisjoint(figure.id for figure in two)


def test_every_null_has_a_reason_and_nothing_is_null_without(workspace: Workspace, ledger: Ledger) -> None:
    with ledger.write() as connection:
        figures = measure(connection, workspace, START, END)
    assert all((figure.value is None) == (figure.missing is not None) for figure in figures)
    assert all(figure.missing.startswith("not known") for figure in figures if figure.missing)


def test_a_figure_without_value_or_reason_cannot_be_made() -> None:
    for value, missing in ((None, None), (1.0, "not known")):
        with pytest.raises(ValueError, match="a figure has a value, or a reason"):
            figure(WINDOW, "infection_rate", "all", unit="x", value=value, missing=missing)


def test_windows_that_make_no_sense_are_refused(workspace: Workspace, ledger: Ledger) -> None:
    with ledger.write() as connection:
        with pytest.raises(WrongUse, match=r"^the window ends before it starts: "):
            measure(connection, workspace, END, START)
        with pytest.raises(WrongUse, match=r"^the window has not begun: "):
            measure(connection, workspace, END, END + timedelta(days=1))
        assert read(connection, Measure) == []


def test_days_of_a_window_are_those_that_it_touches_and_that_had_begun() -> None:
    at = SimpleNamespace(first=datetime(2018, 12, 21, 14, 50, tzinfo=UTC), noon=datetime(2018, 12, 22, 12, tzinfo=UTC))
    assert [day.day for day in WINDOW.days] == [21, 22]
    assert [day.day for day in replace(WINDOW, start=at.first, end=at.noon).days] == [21, 22]
    assert [day.day for day in replace(WINDOW, as_of=datetime(2018, 12, 22, tzinfo=UTC)).days] == [21]


def row(
    value: float | None, missing: str | None = None, low: float | None = None, high: float | None = None
) -> Measure:
    return figure(
        WINDOW, "infection_rate", "isp", unit="per 1000 subscribers", value=value, missing=missing, interval=(low, high)
    )


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (row(2.0), row(2.0), "Infection rate of isp has not moved: 2 per 1 000 subscribers."),
        (
            row(2.0, low=1.5, high=2.5),
            row(4.0, low=3.0, high=5.0),
            "Infection rate of isp rose from 2 per 1 000 subscribers (95 %: 1.5 to 2.5) "
            "to 4 per 1 000 subscribers (95 %: 3 to 5).",
        ),
        (
            row(4.0, low=2.0, high=None),
            row(2.0, low=1.0, high=2.5),
            "Infection rate of isp fell from 4 per 1 000 subscribers (95 %: 2 to not known) "
            "to 2 per 1 000 subscribers (95 %: 1 to 2.5); the intervals overlap, so that may be chance.",
        ),
        (
            row(None, "not known: no sensor watched"),
            row(1000.0),
            "Infection rate of isp is 1 000 per 1 000 subscribers; before it was not known: no sensor watched.",
        ),
        (
            row(2.0),
            row(None, "not known: no count"),
            "Infection rate of isp is not known: no count; it was 2 per 1 000 subscribers.",
        ),
        (row(None, "not known: a"), row(None, "not known: b"), "Infection rate of isp is not known: b."),
        (None, row(2.0), "Infection rate of isp is 2 per 1 000 subscribers; it was not measured before."),
    ],
)
def test_what_moved_is_said_in_a_sentence(before: Measure | None, after: Measure, text: str) -> None:
    (move,) = moved([] if before is None else [before], [after])
    assert (move.before, move.after, move.text.replace("\u202f", " ")) == (before, after, text)


def test_figures_of_different_scopes_are_not_compared() -> None:
    (move,) = moved([replace(row(2.0), scope="other")], [replace(row(3.0), scope="all")])
    assert move.before is None
    assert move.text.startswith("Infection rate of all parties together is 3")
