"""Runs every measure for a window, and says what moved between two windows or moments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from tocsin.errors import WrongUse
from tocsin.programme.measures._window import ALL, Window
from tocsin.records import Measure
from tocsin.store.ledger import put
from tocsin.units import units
from tocsin.workspace import Workspace

THIN = "\u202f"  # narrow space that does not break, between thousands and before units


@dataclass(frozen=True, slots=True)
class Move:
    """One measure of one scope before and after; ``text`` says in a sentence what moved."""

    name: str
    scope: str
    before: Measure | None
    after: Measure
    text: str


def measure(
    connection: sa.Connection,
    workspace: Workspace,
    start: datetime,
    end: datetime,
    as_of: datetime | None = None,
) -> list[Measure]:
    """Compute every measure for ``[start, end)`` and keep the figures in the ledger.

    ``as_of`` is the moment whose knowledge counts, the present when not given. Figures of the same name, scope and
    window take the place of those before. Raises WrongUse for a window that ends before it starts or has not begun.
    """
    now = workspace.now()
    window = Window(
        party=workspace.party,
        marking=workspace.settings.marking,
        start=start,
        end=end,
        as_of=as_of or now,
        computed=now,
    )
    if window.end <= window.start:
        raise WrongUse(f"the window ends before it starts: {start} to {end}: give a later end")
    if window.as_of <= window.start:
        raise WrongUse(f"the window has not begun: it starts {start}, known is what was known {window.as_of}: go back")
    figures = [
        row for unit in units("tocsin.programme.measures").values() for row in unit.load().measure(connection, window)
    ]
    put(connection, figures)
    return figures


def moved(before: Sequence[Measure], after: Sequence[Measure]) -> list[Move]:
    """What moved between the figures of two windows or moments, a sentence for each figure of ``after``."""
    earlier = {(figure.name, figure.scope): figure for figure in before}
    return [
        Move(figure.name, figure.scope, old, figure, _sentence(old, figure))
        for figure in after
        for old in [earlier.get((figure.name, figure.scope))]
    ]


def _sentence(before: Measure | None, after: Measure) -> str:
    name = after.name.replace("_", " ").capitalize()
    what = f"{name} of all parties together" if after.scope == ALL else f"{name} of {after.scope}"
    if after.value is None:
        was = "" if before is None or before.value is None else f"; it was {_written(before)}"
        return f"{what} is {after.missing}{was}."
    if before is None or before.value is None:
        reason = "it was not measured before" if before is None else f"before it was {before.missing}"
        return f"{what} is {_written(after)}; {reason}."
    if after.value == before.value:
        return f"{what} has not moved: {_written(after)}."
    verb = "rose" if after.value > before.value else "fell"
    chance = "; the intervals overlap, so that may be chance" if _overlap(before, after) else ""
    return f"{what} {verb} from {_written(before)} to {_written(after)}{chance}."


def _written(figure: Measure) -> str:
    """A figure with its unit, and its interval where it has one."""
    unit = figure.unit.replace("1000", _number(1000))
    ends = f" (95{THIN}%: {_number(figure.low)} to {_number(figure.high)})" if figure.low is not None else ""
    return f"{_number(figure.value)}{THIN}{unit}{ends}"


def _number(value: float | None) -> str:
    if value is None:
        return "not known"
    return f"{value:,.0f}".replace(",", THIN) if abs(value) >= 999.5 else f"{value:.3g}"


def _overlap(before: Measure, after: Measure) -> bool:
    """Whether two intervals share a value; an open end reaches as far as can be."""
    if before.low is None or after.low is None:
        return False
    ends = [float("inf") if figure.high is None else figure.high for figure in (before, after)]
    return max(before.low, after.low) <= min(ends)
