"""The clock, on each side of its two days."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tocsin.programme import clock
from tocsin.records import Roadmap

PLAN = Roadmap(
    party="p",
    marking="TLP:CLEAR",
    source="test",
    id="plan",
    title="Plan",
    published=date(2018, 11, 29),
    items=[],
    baseline=date(2018, 11, 29),
    report_due=date(2019, 11, 29),
    report_given=date(2019, 11, 20),
    report_given_reference="the report",
    mark="read",
    reference="the plan",
    known_gaps=[],
)


@pytest.mark.parametrize(
    ("day", "left", "text"),
    [
        (date(2018, 11, 29), 365, "The next report is due on 2019-11-29, in 365 days."),
        (date(2019, 11, 19), 10, "The next report is due on 2019-11-29, in 10 days."),
        (date(2019, 11, 20), 9, "The report due on 2019-11-29 came on 2019-11-20, 9 days early."),
        (date(2030, 1, 1), 9, "The report due on 2019-11-29 came on 2019-11-20, 9 days early."),
    ],
)
def test_days_left(day: date, left: int, text: str) -> None:
    found = clock(PLAN, datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC))
    assert found is not None
    assert (found.days_left, found.text) == (left, text)


@pytest.mark.parametrize(
    ("day", "left", "text"),
    [
        (date(2019, 11, 28), 1, "The next report is due on 2019-11-29, in 1 day."),
        (date(2019, 11, 29), 0, "The next report is due today."),
        (date(2019, 11, 30), -1, "The next report was due on 2019-11-29 and is 1 day overdue."),
    ],
)
def test_overdue(day: date, left: int, text: str) -> None:
    found = clock(replace(PLAN, report_given=None), datetime(day.year, day.month, day.day, tzinfo=UTC))
    assert found is not None
    assert (found.days_left, found.text) == (left, text)


def test_before_the_baseline_there_is_no_clock() -> None:
    assert clock(PLAN, datetime(2018, 11, 28, 23, 59, tzinfo=UTC)) is None


def test_references_are_those_of_what_is_told() -> None:
    early, late = (clock(PLAN, datetime(2019, 11, day, tzinfo=UTC)) for day in (19, 20))
    assert early is not None and late is not None
    assert (early.reference, late.reference) == ("the plan", "the plan; the report")
