from datetime import UTC, datetime, timedelta

import pytest

from tocsin.programme.report._traffic import Contacts
from tocsin.programme.report.pictures import WIDTHS, strip, svg
from tocsin.programme.report.shape import Picture
from tocsin.wording import THIN

FIRST = datetime(2018, 12, 21, 10, tzinfo=UTC)
STEP = timedelta(minutes=2)
# Thirty contacts in each of two stretches, with a pause of three hours between them.
COUNTS = {FIRST + number * STEP + pause * timedelta(hours=3): (2, 1) for pause in (0, 1) for number in range(15)}
SEEN = Contacts(
    FIRST,
    max(COUNTS),
    STEP,
    COUNTS,
    FIRST + 14 * STEP,
    [FIRST + 14 * STEP + number * timedelta(seconds=9) for number in range(6)],
)


@pytest.fixture
def picture() -> Picture:
    return strip.describe("192.0.2.1", "203.0.113.5, port 6667/tcp", SEEN, 9.0, "Source.")


def test_the_title_is_the_finding(picture: Picture) -> None:
    assert picture["title"].replace(THIN, " ") == "192.0.2[.]1 called a control server 60 times in 3.5 h"
    assert f"50{THIN}% of them were not answered" in picture["subtitle"]


def test_the_pause_is_told_and_no_hour_without_contact_is_listed(picture: Picture) -> None:
    assert f"longest pause is 2.5{THIN}h" in picture["alternative"]
    assert picture["tables"][0]["rows"] == [["21 Dec 10:00", "30", "15"], ["21 Dec 13:00", "30", "15"]]


def test_every_moment_of_the_close_up_is_in_the_table(picture: Picture) -> None:
    assert [row[0] for row in picture["tables"][1]["rows"]][:2] == ["10:28:00.000", "10:28:09.000"]


@pytest.mark.parametrize("width", WIDTHS.values())
def test_each_bin_and_each_contact_is_a_tick_and_colours_are_tokens(picture: Picture, width: int) -> None:
    drawn = svg(picture, width)
    assert drawn.count('fill="var(--beacon)"') >= len(COUNTS) + len(SEEN.moments)
    assert drawn.count('fill="var(--comb)"') == 34
    assert svg(picture, width) == drawn


def test_without_a_known_interval_there_is_no_comb() -> None:
    plain = strip.describe("192.0.2.1", "203.0.113.5", SEEN, None, "Source.")
    assert "var(--comb)" not in svg(plain, WIDTHS["wide"])
