"""Kaplan and Meier's times, against published results and against the formulas written out here."""

import math
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from tocsin.programme.measures._waiting import waiting

# Freireich et al., Blood 21 (1963): weeks of remission of 21 children each, under 6-MP and under placebo.
TREATED: tuple[list[float], list[float]] = (
    [6, 6, 6, 7, 10, 13, 16, 22, 23],
    [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35],
)
PLACEBO: tuple[list[float], list[float]] = ([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], [])


def textbook(ended: Sequence[float], lasting: Sequence[float]) -> tuple[float | None, float | None, float | None]:
    """Median and its 95 % limits: product-limit estimate, Greenwood's sum, log-log band, in plain loops."""
    share, greenwood = 1.0, 0.0
    median: float | None = None
    low: float | None = None
    high: float | None = None
    for time in sorted(set(ended)):
        at_risk = sum(t >= time for t in ended) + sum(t >= time for t in lasting)
        ends = sum(t == time for t in ended)
        share *= 1 - ends / at_risk
        if median is None and share <= 0.5 + 1e-9:
            median = time
        if share < 1e-12:
            continue
        greenwood += ends / (at_risk * (at_risk - ends))
        width = 1.959963984540054 * math.sqrt(greenwood) / abs(math.log(share))
        if low is None and share ** math.exp(width) <= 0.5 + 1e-9:
            low = time
        if high is None and share ** math.exp(-width) <= 0.5 + 1e-9:
            high = time
    return median, low, high


def test_published_medians_and_intervals() -> None:
    treated, placebo = waiting(*TREATED), waiting(*PLACEBO)
    # Medians: Kleinbaum and Klein, Survival Analysis, chapter 2. Limits on the log-log scale: 13 and none, 4 and 11.
    assert (treated.median, treated.low, treated.high) == (23, 13, None)
    assert (placebo.median, placebo.low, placebo.high) == (8, 4, 11)
    assert (treated.p90, placebo.p90) == (None, 17)


def test_published_curve_is_the_one_that_the_check_below_uses() -> None:
    assert textbook(*TREATED) == (23, 13, None)
    assert textbook(*PLACEBO) == (8, 4, 11)


hours = st.lists(st.integers(0, 30).map(float), max_size=12)


@given(hours, hours)
def test_agrees_with_the_formulas_written_out(ended: list[float], lasting: list[float]) -> None:
    found = waiting(ended, lasting)
    assert (found.median, found.low, found.high) == textbook(ended, lasting)


def test_what_still_lasts_is_not_left_out() -> None:
    assert waiting([1, 2, 3], []).median == 2
    assert waiting([1, 2, 3], [10, 10, 10, 10]).median is None


def test_half_is_reached_when_just_half_still_lasts() -> None:
    assert waiting([5], [9]).median == 5


def test_nothing_to_go_by() -> None:
    assert waiting([], []).median is None
    assert waiting([], [3, 4]).median is None
