"""The reimplemented score gives what its source describes."""

import numpy as np
import pytest

from bench.rules.rita import score

DAY = 86_400.0


def test_a_perfect_beacon_scores_one() -> None:
    times = np.arange(0, DAY + 1, 300)
    assert score(times, np.full(len(times), 500.0), 0, DAY) == pytest.approx(1.0, abs=0.02)


def test_a_burst_scores_low() -> None:
    times = np.sort(np.random.default_rng(1).exponential(20, 200).cumsum())
    assert score(times, np.random.default_rng(2).lognormal(7, 2, 200), 0, DAY) < 0.5


def test_fewer_than_three_intervals_are_nothing() -> None:
    assert score(np.array([5.0, 5.0, 9.0, 11.0]), np.ones(4), 0, DAY) == 0
