"""What could not be judged, as a person reads it: a line for each sensor and reason, not one for each day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tocsin.records import Judgement


@dataclass(frozen=True, slots=True)
class Unable:
    """What a sensor does not show, for one reason: which detectors cannot judge it, and on which days."""

    sensor: str
    reason: str
    detectors: tuple[str, ...]
    first_day: date
    last_day: date
    days: int


def grouped(judgements: Iterable[Judgement]) -> list[Unable]:
    """Judgements that could not be made, by sensor and reason."""
    groups: dict[tuple[str, str], list[Judgement]] = {}
    for judgement in judgements:
        groups.setdefault((judgement.sensor, judgement.reason or ""), []).append(judgement)
    return [
        Unable(
            sensor,
            reason,
            tuple(sorted({judgement.detector for judgement in group})),
            min(judgement.day for judgement in group),
            max(judgement.day for judgement in group),
            len({judgement.day for judgement in group}),
        )
        for (sensor, reason), group in sorted(groups.items())
    ]
