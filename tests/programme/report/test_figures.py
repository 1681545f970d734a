from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tocsin.programme.report._facts import Facts, facts
from tocsin.programme.report._figures import figures
from tocsin.programme.report.shape import Change
from tocsin.records import Measure
from tocsin.store.ledger import Ledger
from tocsin.wording import THIN
from tocsin.workspace import Workspace

END = datetime(2018, 12, 22, tzinfo=UTC)
WEEK = timedelta(days=7)
NEW = Measure(
    party="example-provider", marking="TLP:AMBER", source="test", id="new", name="infection_rate", scope="all",
    start=END - WEEK, end=END, value=20.0, unit="per 1000 subscribers", low=15.0, high=26.0, numerator=40,
    denominator=2000, missing=None, sensors=["edge"], coverage=1.0, detail={}, basis=[], computed=END,
)  # fmt: skip
OLD = replace(NEW, id="old", start=END - 2 * WEEK, end=END - WEEK)


@pytest.fixture
def known(workspace: Workspace, ledger: Ledger) -> Facts:
    with ledger.look() as connection:
        return facts(workspace, connection, workspace.now(), "example-provider")


def test_a_figure_is_written_with_unit_and_interval(known: Facts) -> None:
    (figure,) = figures(replace(known, measures=[NEW]))
    assert figure["text"].replace(THIN, " ") == "20 per 1 000 subscribers (95 %: 15 to 26)"
    assert figure["note"].replace(THIN, " ") == "Counted: 40 of 2 000."
    assert figure["source"].replace(THIN, " ").endswith("sensor edge; 100 % of the days watched")
    assert figure["leading"]


def test_a_figure_that_is_not_known_says_why_in_the_names_of_parties(known: Facts) -> None:
    missing = "not known: no subscriber count for example-campus"
    measure = replace(NEW, value=None, low=None, high=None, denominator=None, missing=missing, scope="example-campus")
    (figure,) = figures(replace(known, measures=[measure]))
    assert (figure["value"], figure["text"]) == (None, "Not known: no subscriber count for example-campus")
    assert not figure["leading"]


@pytest.mark.parametrize(
    ("value", "low", "high", "sensors", "change"),
    [
        (40.0, 30.0, 50.0, ["edge"], "fell"),
        (5.0, 3.0, 7.0, ["edge"], "rose"),
        (24.0, 18.0, 30.0, ["edge"], "not moved"),
        (40.0, 30.0, 50.0, ["other"], "not comparable"),
        (None, None, None, ["edge"], "first"),
    ],
)
def test_what_moved_is_more_than_chance(
    known: Facts, value: float | None, low: float | None, high: float | None, sensors: list[str], change: Change
) -> None:
    before = replace(
        OLD, value=value, low=low, high=high, sensors=sensors, missing=None if value else "not known: nobody looked"
    )
    (figure,) = figures(replace(known, measures=[before, NEW]))
    assert (figure["id"], figure["before"], figure["change"]) == ("new", value, change)
    assert figure["moved"]


def test_counts_without_interval_move_when_they_change(known: Facts) -> None:
    after = replace(NEW, name="programme_progress", low=None, high=None, sensors=[])
    before = replace(after, id="old", value=10.0, start=OLD.start, end=OLD.end)
    (figure,) = figures(replace(known, measures=[before, after]))
    assert figure["change"] == "rose"


def test_a_window_that_overlaps_is_not_the_one_before(known: Facts) -> None:
    overlapping = replace(OLD, end=END - timedelta(days=1), value=90.0, low=80.0, high=95.0)
    (figure,) = figures(replace(known, measures=[overlapping, NEW]))
    assert figure["change"] == "first" and figure["before"] is None


def test_a_scope_that_is_not_in_the_newest_window_has_no_figure(known: Facts) -> None:
    left = replace(OLD, id="left", scope="example-campus")
    other = replace(OLD, id="other", name="time_to_notice")
    shown = figures(replace(known, measures=[OLD, left, NEW, other]))
    assert [figure["id"] for figure in shown] == ["new", "other"]


def test_in_a_members_report_its_own_figures_lead(known: Facts) -> None:
    own = replace(NEW, id="own", scope="example-campus")
    shown = figures(replace(known, audience="example-campus", measures=[NEW, own]))
    assert {figure["id"] for figure in shown if figure["leading"]} == {"own"}
