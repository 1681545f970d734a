"""The time to notice: what counts, what still waits, and what is said when half is not reached."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tocsin.records import Measure

if TYPE_CHECKING:
    from tests.programme.measures.conftest import Book

START, END = datetime(2018, 12, 20, tzinfo=UTC), datetime(2018, 12, 22, 14, 50, 14, tzinfo=UTC)
OPENED = datetime(2018, 12, 21, 14, 50, 16, tzinfo=UTC)


def time(book: Book, scope: str = "example-campus", as_of: datetime = END) -> Measure:
    return book.measure("time_to_notice", START, END, as_of)[scope]


def told(book: Book, host: str, *hours: float, opened: datetime = OPENED) -> str:
    case = book.infected(host, "example-campus", opened)
    for number, later in enumerate(hours):
        book.notice(case, opened + timedelta(hours=later), f"kind{number}")
    return case


def test_one_case_that_nobody_was_told_of(book: Book) -> None:
    case = told(book, "192.168.1.195")
    book.notice(case, None)
    book.watch("192.168.0.0/16", 21, 22)
    figure = time(book)
    assert (figure.value, figure.low, figure.high) == (None, None, None)
    assert figure.missing == "not known yet: 1 of 1 cases has no notice sent; the oldest has waited 24 h"
    assert (figure.numerator, figure.denominator, figure.unit) == (0, 1, "h")
    assert figure.detail["longest_wait_hours"] == pytest.approx(24 - 2 / 3600)
    assert figure.detail["missing_days"] == ["2018-12-20"]
    assert figure.coverage == pytest.approx(2 / 3)
    assert figure.basis == [case]
    assert time(book, "example-provider").missing == "not known: no case was opened in this window"
    assert time(book, "all").missing == figure.missing


def test_median_and_ninth_decile_with_one_that_waits(book: Book) -> None:
    for number, hours in enumerate((2.0, 4.0, 6.0)):
        told(book, f"192.168.1.{number}", hours)
    told(book, "192.168.1.9")
    figure = time(book)
    # After 2, 4 and 6 h there still wait 3/4, 2/4 and 1/4.
    assert (figure.value, figure.numerator, figure.denominator) == (4.0, 3, 4)
    assert figure.detail["p90_hours"] is None
    assert figure.detail["still_waiting"] == 1
    assert figure.low == 2.0 and figure.high is None
    assert figure.missing is None


def test_the_first_notice_counts(book: Book) -> None:
    told(book, "192.168.1.1", 5.0, 3.0, 9.0)
    assert time(book).value == 3.0


def test_a_notice_sent_later_is_not_known_yet(book: Book) -> None:
    told(book, "192.168.1.1", 5.0)
    before = time(book, as_of=OPENED + timedelta(hours=4, minutes=59))
    after = time(book, as_of=OPENED + timedelta(hours=5))
    assert before.missing == "not known yet: 1 of 1 cases has no notice sent; the oldest has waited 5 h"
    assert after.value == 5.0


def test_minutes_are_not_rounded_to_nothing(book: Book) -> None:
    told(book, "192.168.1.1")
    figure = time(book, as_of=OPENED + timedelta(minutes=20))
    assert figure.missing is not None and figure.missing.endswith("the oldest has waited 20 min")


@pytest.mark.parametrize(
    ("opened", "counted"),
    [(START, 1), (START - timedelta(microseconds=1), 0), (END - timedelta(microseconds=1), 1), (END, 0)],
)
def test_the_window_holds_its_start_and_not_its_end(book: Book, opened: datetime, counted: int) -> None:
    told(book, "192.168.1.1", opened=opened)
    assert time(book).denominator == counted


def test_cases_that_are_false_or_hidden_do_not_wait(book: Book) -> None:
    case = told(book, "192.168.1.1")
    book.event(case, END - timedelta(hours=1), "false_positive")
    hidden = book.finding("192.168.1.2", OPENED, hidden="lab")
    book.case("192.168.1.2", "example-campus", hidden, opened=OPENED)
    assert time(book).denominator == 0
    assert time(book, as_of=END - timedelta(hours=2)).denominator == 1


def test_all_holds_the_cases_that_nobody_is_responsible_for(book: Book) -> None:
    told(book, "192.168.1.1", 3.0)
    book.infected("203.0.113.1", None, OPENED)
    figure = time(book, "all")
    assert (figure.numerator, figure.denominator, figure.value) == (1, 2, 3.0)
