"""The minimum cell: counts so small that they would point at someone are withheld from aggregates."""

from collections.abc import Sequence
from dataclasses import replace

from tocsin.records import Community, Measure

# Where no community has agreed on another: the least that statistical offices commonly publish.
LEAST = 5
# Measures of road maps alone: they count nobody, and rest on no case.
OF_ROADMAPS = ("programme_progress",)


def minimum(communities: Sequence[Community]) -> int:
    """The largest minimum cell that a community has agreed on."""
    return max((community.minimum_cell for community in communities), default=LEAST)


def withheld_below(measure: Measure, least: int) -> Measure:
    """The figure, without its value where it counts fewer than ``least`` subjects; figures of road maps count none.

    No other figure keeps its basis: ids of cases and findings are digests of addresses, and there are few enough
    addresses to try them all.
    """
    if measure.name in OF_ROADMAPS:
        return measure
    counted = [count for count in (measure.numerator, measure.denominator) if count]
    if not counted or min(counted) >= least:
        detail = {name: told for name, told in measure.detail.items() if not _small_count(told, least)}
        return replace(measure, detail=detail, basis=[])
    missing = f"not told: it counts fewer than {least}"
    return replace(
        measure, value=None, low=None, high=None, numerator=None, denominator=None, missing=missing, detail={}, basis=[]
    )


def _small_count(told: object, least: int) -> bool:
    return isinstance(told, int) and 0 < told < least
