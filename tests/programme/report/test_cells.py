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


def test_figures_of_road_maps_are_told_with_their_basis() -> None:
    progress = replace(NEW, name="programme_progress", numerator=1, denominator=4, sensors=[], basis=["task"])
    assert withheld_below(progress, 5) == progress


def test_a_small_count_that_rests_on_no_sensor_is_withheld_with_the_sentence_that_tells_it() -> None:
    missing = "not known yet: 1 of 1 cases has no notice sent; the oldest has waited 3 h"
    unwatched = replace(
        NEW, name="time_to_notice", value=None, low=None, high=None, numerator=0, denominator=1, missing=missing,
        sensors=[], coverage=None, detail={"still_waiting": 1}, basis=["case"],
    )  # fmt: skip
    hidden = withheld_below(unwatched, 5)
    assert (hidden.numerator, hidden.denominator, hidden.detail, hidden.basis) == (None, None, {}, [])
    assert hidden.missing == "not told: it counts fewer than 5"


@pytest.mark.parametrize("numerator", [40, None])
def test_a_figure_that_is_told_names_no_case_and_no_small_count_beside_it(numerator: float | None) -> None:
    detail = {"infected_nobody_is_responsible_for": 2, "still_waiting": 7, "p90_hours": 3.5}
    told = withheld_below(replace(NEW, numerator=numerator, detail=detail, basis=["case", "finding"]), 5)
    assert (told.detail, told.basis) == ({"still_waiting": 7, "p90_hours": 3.5}, [])
    assert told.value == NEW.value
