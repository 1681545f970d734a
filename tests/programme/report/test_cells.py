from dataclasses import replace

import pytest

from tests.programme.report.test_figures import NEW
from tocsin.programme.report._cells import LEAST, minimum, withheld_below
from tocsin.records import Community

COMMUNITY = Community(
    party="example-provider", marking="TLP:GREEN", source="test", id="a", name="A", agreement=None, minimum_cell=10
)


def test_the_strictest_community_decides() -> None:
    assert minimum([]) == LEAST
    assert minimum([COMMUNITY, replace(COMMUNITY, id="b", minimum_cell=3)]) == 10


@pytest.mark.parametrize(("numerator", "denominator"), [(4, 2000), (1, 1), (0, 4)])
def test_a_small_count_is_withheld_with_all_that_would_give_it_away(numerator: float, denominator: float) -> None:
    measure = replace(NEW, numerator=numerator, denominator=denominator, detail={"left_out": {"a": "b"}}, basis=["x"])
    hidden = withheld_below(measure, 5)
    assert (hidden.value, hidden.low, hidden.high, hidden.numerator, hidden.denominator) == (None,) * 5
    assert hidden.missing == "not told: it counts fewer than 5"
    assert (hidden.detail, hidden.basis) == ({}, [])


@pytest.mark.parametrize(("numerator", "denominator"), [(5, 2000), (0, 2000)])
def test_larger_counts_and_none_at_all_are_told(numerator: float, denominator: float) -> None:
    measure = replace(NEW, numerator=numerator, denominator=denominator)
    assert withheld_below(measure, 5) == measure


def test_figures_that_count_no_subjects_are_told() -> None:
    progress = replace(NEW, numerator=1, denominator=4, sensors=[])
    assert withheld_below(progress, 5) == progress
