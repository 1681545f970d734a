"""The infection rate, against arithmetic done here by hand."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from tocsin.records import ATTACKING, BEHAVIOURS, Measure

if TYPE_CHECKING:
    from tests.programme.measures.conftest import Book

START, END = datetime(2018, 12, 20, tzinfo=UTC), datetime(2018, 12, 22, tzinfo=UTC)
AS_OF = datetime(2018, 12, 22, 14, 50, 14, tzinfo=UTC)


def day(number: int, hour: int = 12) -> datetime:
    return datetime(2018, 12, number, hour, tzinfo=UTC)


def rate(book: Book, scope: str = "isp") -> Measure:
    return book.measure("infection_rate", START, END)[scope]


def wilson(count: int, size: float) -> tuple[float, float]:
    """Wilson's interval (1927) as the textbooks have it, at the normal quantile of 97.5 %, per 1000."""
    z = 1.959963984540054
    share, weight = count / size, z * z / size
    middle = (share + weight / 2) / (1 + weight)
    half = z / (1 + weight) * math.sqrt(share * (1 - share) / size + weight / (4 * size))
    return 1000 * (middle - half), 1000 * (middle + half)


@pytest.fixture
def isp(book: Book) -> Book:
    """A party of 800 subscribers, all its networks watched on both days."""
    book.party("isp", "198.51.100.0/24")
    book.count("isp", 800)
    book.watch("198.51.100.0/24", 20, 21)
    return book


def test_distinct_subjects_over_mean_subscribers(isp: Book) -> None:
    isp.count("isp", 1000, date(2018, 12, 21))
    for host in ("198.51.100.1", "198.51.100.2", "198.51.100.3"):
        isp.infected(host, "isp", day(20))
    isp.case("198.51.100.1", "isp", isp.finding("198.51.100.1", day(21)), opened=day(21))
    figure = rate(isp)
    assert (figure.numerator, figure.denominator) == (3, 900)
    assert figure.value == pytest.approx(1000 * 3 / 900)
    assert (figure.low, figure.high) == pytest.approx(wilson(3, 900))
    assert (figure.sensors, figure.coverage, figure.missing) == (["edge"], 1.0, None)
    assert len(figure.basis) == 8


def test_nobody_infected_is_a_rate_of_nought_with_an_interval(isp: Book) -> None:
    figure = rate(isp)
    assert (figure.value, figure.low) == (0.0, 0.0)
    assert figure.high == pytest.approx(wilson(0, 800)[1])


def test_one_of_one(book: Book) -> None:
    book.watch("192.168.0.0/16", 20, 21)
    book.infected("192.168.1.195", "example-campus", day(21))
    figures = book.measure("infection_rate", START, END)
    campus, provider, everybody = figures["example-campus"], figures["example-provider"], figures["all"]
    assert (campus.value, campus.numerator, campus.denominator) == (1000.0, 1, 1)
    assert (campus.low, campus.high) == pytest.approx(wilson(1, 1))
    assert campus.low == pytest.approx(206.5, abs=0.1)
    assert provider.value is None
    assert provider.missing == ("not known: no subscriber count for example-provider on 2018-12-20 and 1 more day")
    assert (everybody.value, everybody.denominator) == (1000.0, 1)
    assert everybody.detail["left_out"] == {"example-provider": provider.missing}
    assert everybody.detail["note"].startswith("leaves out example-provider: no subscriber count for example-provider")


def test_without_any_denominator_the_rate_of_all_is_not_known(book: Book) -> None:
    book.party("example-campus", "192.168.1.0/24", joined=date(2019, 1, 1))
    book.infected("192.168.7.7", "example-provider", day(20))
    figure = rate(book, "all")
    assert (figure.value, figure.numerator, figure.denominator) == (None, None, None)
    assert figure.missing is not None and figure.missing.startswith("not known: no subscriber count for example-prov")


def test_a_count_that_begins_within_the_window_is_not_stretched(isp: Book) -> None:
    isp.party("late", "203.0.113.0/24")
    isp.count("late", 10, date(2018, 12, 21))
    isp.watch("203.0.113.0/24", 20, 21)
    assert rate(isp, "late").missing == "not known: no subscriber count for late on 2018-12-20"
    assert rate(isp, "all").denominator == 800


@pytest.mark.parametrize(
    ("first", "last", "counted"),
    [
        (datetime(2018, 12, 20, 0, 0, tzinfo=UTC), None, 1),
        (datetime(2018, 12, 19, 23, 59, 59, 999999, tzinfo=UTC), None, 0),
        (datetime(2018, 12, 21, 23, 59, 59, 999999, tzinfo=UTC), None, 1),
        (datetime(2018, 12, 22, 0, 0, tzinfo=UTC), None, 0),
    ],
)
def test_the_window_holds_its_start_and_not_its_end(
    isp: Book, first: datetime, last: datetime | None, counted: int
) -> None:
    isp.case("198.51.100.1", "isp", isp.finding("198.51.100.1", first, last=last), opened=first)
    assert rate(isp).numerator == counted


@pytest.mark.parametrize("name", sorted(BEHAVIOURS))
def test_only_attacking_behaviour_is_infection(isp: Book, name: str) -> None:
    isp.case("198.51.100.1", "isp", isp.finding("198.51.100.1", day(20), name), opened=day(20))
    assert rate(isp).numerator == (1 if name in ATTACKING else 0)


def test_hidden_findings_are_not_counted(isp: Book) -> None:
    hidden = isp.finding("198.51.100.1", day(20), hidden="lab")
    isp.case("198.51.100.1", "isp", hidden, opened=day(20))
    assert rate(isp).numerator == 0


def test_one_shown_finding_beside_a_hidden_one_is_enough(isp: Book) -> None:
    hidden, shown = isp.finding("198.51.100.1", day(20), hidden="lab"), isp.finding("198.51.100.1", day(21))
    case = isp.case("198.51.100.1", "isp", hidden, shown, opened=day(20))
    assert rate(isp).basis == [case, shown]


def test_false_positives_are_not_counted_from_when_that_is_known(isp: Book) -> None:
    case = isp.infected("198.51.100.1", "isp", day(20))
    isp.event(case, day(20), "open")
    isp.event(case, day(21), "false_positive")
    before = isp.measure("infection_rate", START, END, day(21, 11))["isp"]
    after = isp.measure("infection_rate", START, END, day(21, 12))["isp"]
    assert (before.numerator, after.numerator) == (1, 0)


def test_a_case_closed_as_false_without_a_history_is_not_counted(isp: Book) -> None:
    isp.case("198.51.100.1", "isp", isp.finding("198.51.100.1", day(20)), opened=day(20), state="false_positive")
    assert rate(isp).numerator == 0


def test_what_is_seen_after_the_moment_is_not_known_at_it(isp: Book) -> None:
    isp.infected("198.51.100.1", "isp", day(20))
    isp.infected("198.51.100.2", "isp", day(21))
    figure = isp.measure("infection_rate", START, END, day(21, 11))["isp"]
    assert figure.numerator == 1
    assert figure.detail["as_of"] == "2018-12-21T11:00:00+00:00"


def test_a_party_that_left_counts_on_its_days_only(isp: Book) -> None:
    isp.party("gone", "203.0.113.0/24", left=date(2018, 12, 20))
    isp.count("gone", 50)
    isp.count("gone", 90, date(2018, 12, 21))
    isp.watch("203.0.113.0/24", 20, 21)
    isp.infected("203.0.113.1", "gone", day(20))
    isp.infected("203.0.113.2", "gone", day(21))
    figure = rate(isp, "gone")
    assert (figure.numerator, figure.denominator, figure.coverage) == (1, 50, 1.0)
    assert rate(isp, "all").denominator == 850


def test_a_party_that_left_before_has_no_figure(isp: Book) -> None:
    isp.party("gone", "203.0.113.0/24", left=date(2018, 12, 19))
    isp.count("gone", 50)
    figures = isp.measure("infection_rate", START, END)
    assert "gone" not in figures and "gone" not in figures["all"].detail["left_out"]


def test_what_nobody_watched_is_not_known(book: Book) -> None:
    book.party("isp", "198.51.100.0/24")
    book.count("isp", 800)
    book.watch("203.0.113.0/24", 20, 21)
    figure = rate(book)
    assert (figure.value, figure.coverage, figure.sensors) == (None, 0.0, [])
    assert figure.missing == "not known: no sensor watched the networks of isp"
    assert figure.detail["missing_days"] == ["2018-12-20", "2018-12-21"]


def test_a_day_counts_as_watched_when_all_networks_were(book: Book) -> None:
    book.party("isp", "198.51.100.0/24")
    book.count("isp", 800)
    book.watch("198.51.100.0/25", 20, 21)
    book.watch("198.51.100.128/25", 21, sensor="core")
    figure = rate(book)
    assert (figure.coverage, figure.sensors) == (0.5, ["core", "edge"])
    assert figure.detail["partly_watched_days"] == ["2018-12-20"]
    assert figure.detail["missing_days"] == []


def test_networks_of_the_other_family_do_not_cover(book: Book) -> None:
    book.party("isp", "2001:db8::/32")
    book.count("isp", 800)
    book.watch("0.0.0.0/0", 20)
    book.watch("::/0", 21)
    assert rate(book).detail["missing_days"] == ["2018-12-20"]


def test_more_infected_than_subscribers_is_a_wrong_count_and_not_a_rate(book: Book) -> None:
    book.watch("192.168.0.0/16", 20, 21)
    for host in ("192.168.1.1", "192.168.1.2"):
        book.infected(host, "example-campus", day(20))
    figure = rate(book, "example-campus")
    assert figure.value is None
    assert figure.missing == (
        "not known: more infected than subscribers on record for example-campus; correct the count"
    )


def test_a_count_of_nought_is_no_denominator(book: Book) -> None:
    book.party("empty", "203.0.113.0/24")
    book.count("empty", 0)
    book.watch("203.0.113.0/24", 20, 21)
    assert rate(book, "empty").missing == "not known: empty had no subscribers"


def test_infrastructure_is_no_subscriber_and_nobodys_cases_are_told(isp: Book) -> None:
    isp.case("198.51.100.9", "isp", isp.finding("198.51.100.9", day(20)), opened=day(20), kind="infrastructure")
    isp.infected("192.0.2.1", None, day(20))
    assert rate(isp).numerator == 0
    assert rate(isp, "all").numerator == 0
    assert rate(isp, "all").detail["infected_nobody_is_responsible_for"] == 1


def test_all_adds_up_what_is_known(isp: Book) -> None:
    isp.party("other", "203.0.113.0/24")
    isp.count("other", 200)
    isp.watch("203.0.113.0/24", 20, sensor="core")
    isp.infected("198.51.100.1", "isp", day(20))
    isp.infected("203.0.113.1", "other", day(20))
    figure = rate(isp, "all")
    assert (figure.numerator, figure.denominator, figure.value) == (2, 1000, 2.0)
    assert (figure.low, figure.high) == pytest.approx(wilson(2, 1000))
    assert (figure.coverage, figure.sensors) == (0.75, ["core", "edge"])
    assert set(figure.detail["left_out"]) == {"example-campus", "example-provider"}


def test_a_day_watched_only_after_the_window_ended_does_not_count(book: Book) -> None:
    book.party("isp", "198.51.100.0/24")
    book.count("isp", 800)
    book.watch("198.51.100.0/24", 20, first=day(20, 12))
    assert book.measure("infection_rate", day(19), day(20, 11))["isp"].missing == (
        "not known: no sensor watched the networks of isp"
    )
    assert book.measure("infection_rate", day(19), day(20, 13))["isp"].value == 0
