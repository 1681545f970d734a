"""The reimplemented rule gives what its source describes."""

import random

from bench.rules.flare import is_beacon


def test_an_even_rhythm_is_a_beacon() -> None:
    assert is_beacon(list(range(0, 600, 30)))


def test_ten_intervals_or_faster_ones_are_none() -> None:
    assert not is_beacon(list(range(0, 330, 30)))
    assert not is_beacon(list(range(100)))


def test_intervals_of_all_lengths_are_none() -> None:
    chance, moments = random.Random(3), [0]
    for _ in range(100):
        moments.append(moments[-1] + chance.randrange(2, 10_000))
    assert not is_beacon(moments)
