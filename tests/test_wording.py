from datetime import UTC, datetime, timedelta

import pytest

from tocsin.wording import THIN, defanged, duration, listing, many, number, quantity, span


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1, "1"), (999, "999"), (1000, "1_000"), (1234567.8, "1_234_568"), (5.5556, "5.6"), (99.6, "100")],
)
def test_numbers_have_two_digits_or_all(value: float, text: str) -> None:
    assert number(value).replace(THIN, "_") == text


def test_a_share_is_told_in_per_cent() -> None:
    assert quantity(0.125, "share") == f"12{THIN}%"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0_s"), (90, "90_s"), (150, "2.5_min"), (7200, "2_h"), (200_000, "2.3_days")]
)
def test_durations_take_the_unit_that_suits(seconds: int, text: str) -> None:
    assert duration(timedelta(seconds=seconds)).replace(THIN, "_") == text


def test_a_span_over_midnight_names_both_days() -> None:
    start = datetime(2018, 12, 21, 23, tzinfo=UTC)
    assert span(start, start + timedelta(hours=2)) == "21 December 2018, 23:00 to 22 December 2018, 01:00 UTC"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("seen 198.51.100.7.", "seen 198.51.100[.]7."),
        ("198.51.100.7:80", "198.51.100[.]7:80"),
        ("net 198.51.100.0/24", "net 198.51.100.0/24"),
        ("[2001:db8::1]:80", "[2001:db8:[:]1]:80"),
        ("net 2001:db8::/32", "net 2001:db8::/32"),
        ("at 14:50:16 or 1.2.3.4.5", "at 14:50:16 or 1.2.3.4.5"),
        ("version 0.1.0", "version 0.1.0"),
    ],
)
def test_addresses_are_broken_and_nothing_else(text: str, wanted: str) -> None:
    assert defanged(text) == wanted
    assert defanged(wanted) == wanted


def test_nothing_and_one_are_words_too() -> None:
    assert (many(0, "case"), listing([]), listing(["a"])) == ("no cases", "", "a")
