"""Figures: each measure's newest window, what it was before, and how it is written."""

from collections.abc import Sequence
from itertools import groupby

from tocsin.programme import moved
from tocsin.programme.report._facts import AGGREGATED, Facts
from tocsin.programme.report.shape import Change, Figure, Window
from tocsin.records import Measure
from tocsin.units import units
from tocsin.wording import THIN, in_unit, listing, number, quantity, span, unbroken

EVERYBODY = "all"
FIRST = "First figure: there is none before it to compare with."


def figures(facts: Facts) -> list[Figure]:
    """The newest window of each measure and scope, by name; the figure for all parties comes first.

    A scope that the measure's newest window does not have, such as a party that left, has no figure.
    """
    ordered = sorted(facts.measures, key=lambda measure: (measure.name, measure.scope != EVERYBODY, measure.scope))
    ends = {measure.name: measure.end for measure in sorted(ordered, key=lambda measure: measure.end)}
    groups = groupby(ordered, key=lambda measure: (measure.name, measure.scope))
    newest = [_newest(list(group)) for _, group in groups]
    return [_figure(facts, measure, before) for measure, before in newest if measure.end == ends[measure.name]]


def _leading(facts: Facts) -> str:
    """Whose figures stand on page one: everybody's; in a member's own report, that member's."""
    return EVERYBODY if facts.audience in (facts.operator, *AGGREGATED) else facts.audience


def _newest(windows: Sequence[Measure]) -> tuple[Measure, Measure | None]:
    """The newest window, and the newest of those that ended before it began."""
    newest = max(windows, key=lambda measure: (measure.end, measure.start))
    earlier = [measure for measure in windows if measure.end <= newest.start]
    return newest, max(earlier, key=lambda measure: measure.end, default=None)


def _figure(facts: Facts, measure: Measure, before: Measure | None) -> Figure:
    change = _change(measure, before)
    return Figure(
        id=measure.id,
        name=measure.name,
        title=units("tocsin.programme.measures")[measure.name].summary.rstrip("."),
        scope="All parties" if measure.scope == EVERYBODY else facts.name(measure.scope),
        value=measure.value,
        unit=measure.unit,
        low=measure.low,
        high=measure.high,
        numerator=measure.numerator,
        denominator=measure.denominator,
        missing=measure.missing,
        text=_text(facts, measure),
        note=_note(facts, measure),
        before=None if before is None else before.value,
        change=change,
        moved=_moved(facts, measure, before),
        leading=measure.scope == _leading(facts),
        window=Window(
            start=measure.start.isoformat(), end=measure.end.isoformat(), text=span(measure.start, measure.end)
        ),
        sensors=measure.sensors,
        coverage=measure.coverage,
        source=_source(measure),
        detail=measure.detail,
        basis=measure.basis,
        definition=measure.name,
    )


def _text(facts: Facts, measure: Measure) -> str:
    """The figure with its interval, or why it is not known."""
    if measure.value is None:
        missing = unbroken(facts.named(str(measure.missing))).rstrip(".")
        return missing[0].upper() + missing[1:]
    return quantity(measure.value, measure.unit) + _interval(measure)


def _interval(measure: Measure) -> str:
    if measure.low is None and measure.high is None:
        return ""
    ends = ("not known" if end is None else in_unit(end, measure.unit)[0] for end in (measure.low, measure.high))
    return f" (95{THIN}%: {' to '.join(ends)})"


def _note(facts: Facts, measure: Measure) -> str:
    """What was counted, of what, and what the measure itself remarks."""
    parts = []
    if measure.numerator is not None and measure.denominator is not None:
        parts.append(f"Counted: {number(measure.numerator)} of {number(measure.denominator)}.")
    if "note" in measure.detail:
        note = facts.named(str(measure.detail["note"])).rstrip(".")
        parts.append(f"{note[0].upper()}{note[1:]}.")
    return " ".join(parts)


def _change(measure: Measure, before: Measure | None) -> Change:
    """Whether a figure moved; where both have 95 % intervals, these must not overlap."""
    if before is None or before.value is None:
        return "first"
    if measure.value is None or measure.sensors != before.sensors:
        return "not comparable"
    below = before.high if before.high is not None else before.value
    above = before.low if before.low is not None else before.value
    if (measure.low if measure.low is not None else measure.value) > below:
        return "rose"
    return "fell" if (measure.high if measure.high is not None else measure.value) < above else "not moved"


def _moved(facts: Facts, measure: Measure, before: Measure | None) -> str:
    if before is None or before.value is None:
        return FIRST
    if measure.value == before.value:
        return "The same as in the window before."
    return facts.named(moved([before], [measure])[0].text)


def _source(measure: Measure) -> str:
    """Window, sensors and coverage, in small print."""
    parts = [span(measure.start, measure.end)]
    if measure.sensors:
        parts.append(f"{'sensor' if len(measure.sensors) == 1 else 'sensors'} {listing(measure.sensors)}")
    if measure.coverage is not None:
        parts.append(f"{quantity(measure.coverage, 'share')} of the days watched")
    return "; ".join(parts)
