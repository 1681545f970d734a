"""The programme: where the road map stands, and what the measures say about it."""

from tocsin.programme._clock import Clock, clock
from tocsin.programme._measure import Move, measure, moved
from tocsin.programme._roadmap import import_roadmap, read_roadmap, roadmap, shipped_roadmap, slip_days, state_at

__all__ = [
    "Clock",
    "Move",
    "clock",
    "import_roadmap",
    "measure",
    "moved",
    "read_roadmap",
    "roadmap",
    "shipped_roadmap",
    "slip_days",
    "state_at",
]
