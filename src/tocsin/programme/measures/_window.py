"""What a measure is asked, and the form of its answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tocsin.programme.measures._watch import Watch
from tocsin.records import Measure, record_id

ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The question that every measure is asked: what was the figure from ``start`` to ``end``, by what was known then?

    ``start`` is in the window, ``end`` is not; ``as_of`` is the moment whose knowledge counts. ``party`` keeps the
    figures, ``marking`` says who may see them, and ``computed`` is the present. All times are aware, UTC.
    """

    party: str
    marking: str
    start: datetime
    end: datetime
    as_of: datetime
    computed: datetime

    @property
    def moment(self) -> datetime:
        """The last moment of the window, or ``as_of`` when that comes first: the one that states speak of."""
        return min(self.end - timedelta(microseconds=1), self.as_of)

    @property
    def known_until(self) -> datetime:
        """End of what the window may speak of: its own, or ``as_of`` where that is earlier."""
        return min(self.end, self.as_of)

    @property
    def days(self) -> list[date]:
        """UTC days of the window, those that had not begun at ``as_of`` left out."""
        first, last = self.start.date(), (self.known_until - timedelta(microseconds=1)).date()
        return [first + timedelta(days=count) for count in range((last - first).days + 1)]


def figure(
    window: Window,
    name: str,
    scope: str,
    *,
    unit: str,
    value: float | None = None,
    interval: tuple[float | None, float | None] = (None, None),
    numerator: float | None = None,
    denominator: float | None = None,
    missing: str | None = None,
    watch: Watch | None = None,
    detail: dict[str, Any] | None = None,
    basis: Sequence[str] = (),
) -> Measure:
    """A measure's answer for one scope. Raises ValueError unless it has either a value or a reason for having none."""
    if (value is None) == (missing is None):
        raise ValueError(f"{name} of {scope}: a figure has a value, or a reason for having none")
    return Measure(
        party=window.party,
        marking=window.marking,
        source=f"measures/{name}",
        id=record_id("measure", name, scope, _utc(window.start), _utc(window.end)),
        name=name,
        scope=scope,
        start=window.start,
        end=window.end,
        value=value,
        unit=unit,
        low=interval[0],
        high=interval[1],
        numerator=numerator,
        denominator=denominator,
        missing=missing,
        sensors=watch.sensors if watch else [],
        coverage=watch.share if watch else None,
        detail={"as_of": _utc(window.as_of), **(watch.detail if watch else {}), **(detail or {})},
        basis=list(basis),
        computed=window.computed,
    )


def _utc(time: datetime) -> str:
    return time.astimezone(UTC).isoformat()
