"""The minimum cell: counts so small that they would point at someone are withheld from aggregates."""

from collections.abc import Sequence
from dataclasses import replace

from tocsin.records import Community, Measure

# Where no community has agreed on another: the least that statistical offices commonly publish.
LEAST = 5


def minimum(communities: Sequence[Community]) -> int:
    """The largest minimum cell that a community has agreed on."""
    return max((community.minimum_cell for community in communities), default=LEAST)


def withheld_below(measure: Measure, least: int) -> Measure:
    """The figure, without its value where it counts fewer than ``least`` subjects; figures off no sensor count none."""
    counted = [count for count in (measure.numerator, measure.denominator) if count]
    if not measure.sensors or not counted or min(counted) >= least:
        return measure
    missing = f"not told: it counts fewer than {least}"
    return replace(
        measure, value=None, low=None, high=None, numerator=None, denominator=None, missing=missing, detail={}, basis=[]
    )
