"""The programme: road map, roles, practices, measures and editions of the status report."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypedDict

from tocsin.records.kinds import LedgerRecord


class Gap(TypedDict):
    """What is not known of a road map, or where its sources disagree. ``mark`` and ``reference`` as for its items."""

    text: str
    mark: str
    reference: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Roadmap(LedgerRecord):
    """A road map: where it comes from, when the next report on it is due, and what is not known of it.

    Attributes:
        id: short name in lower case
        title: name for display
        published: day on which it was published
        items: ids of its items, each after the one above it, in the order of the source
        baseline: day from which the time to the next report runs
        report_due: day on which the next report is due
        report_given: day on which that report came; null while it has not
        report_given_reference: where that stands
        mark: ``read`` or ``recalled``, for the days above
        reference: where the days above stand; null when not known
        known_gaps: what is not known of it, each as {text, mark, reference}
    """

    id: str
    title: str
    published: date
    items: list[str]
    baseline: date
    report_due: date
    report_given: date | None
    report_given_reference: str | None
    mark: str
    reference: str | None
    known_gaps: list[Gap]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadmapItem(LedgerRecord):
    """A node of the road map's tree: goal, action, line of effort, workstream or task.

    Attributes:
        id: id within its road map, such as ``G2`` or ``ENT-1.1``
        roadmap: id of the road map
        kind: ``goal``, ``action``, ``line_of_effort``, ``workstream`` or ``task``
        parent: id of the node above; null at the top
        title: what is to be reached or done, in plain words
        leads: who leads, as the source names them
        contributors: who takes part, as the source names them
        state: ``planned``, ``active``, ``blocked``, ``done``, ``dropped`` or ``unknown``; for tasks
        start: baseline start; null when not known
        due: baseline due date; null when not known
        forecast: date now expected; null when not known
        finished: actual end; null while not done or not known
        depends_on: ids of tasks that must come first
        measures: names of the measures that show whether it helps
        mark: ``read`` when the source was read, ``recalled`` when it was only remembered
        reference: where the fact stands; null when not known
    """

    id: str
    roadmap: str
    kind: str
    parent: str | None
    title: str
    leads: list[str]
    contributors: list[str]
    state: str
    start: date | None
    due: date | None
    forecast: date | None
    finished: date | None
    depends_on: list[str]
    measures: list[str]
    mark: str
    reference: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Role(LedgerRecord):
    """The part that a party takes in a road map item. Only what is accepted is published.

    Attributes:
        item: id of the road map item
        holder: id of the party
        role: ``lead``, ``accountable``, ``consulted`` or ``informed``
        consent: ``proposed``, ``accepted`` or ``declined``
        time: when it was last answered, UTC
    """

    item: str
    holder: str
    role: str
    consent: str
    time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice(LedgerRecord):
    """A practice of a segment.

    Attributes:
        id: id in the catalogue
        segment: segment it is for, such as ``infrastructure``
        level: ``baseline`` or ``advanced``
        title: the practice in plain words
        mark: ``read`` or ``recalled``
        reference: where it stands
    """

    id: str
    segment: str
    level: str
    title: str
    mark: str
    reference: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment(LedgerRecord):
    """Whether a party meets a practice. What is not observed is never met.

    Attributes:
        id: UUIDv5 of practice, holder and day
        practice: id of the practice
        holder: id of the party
        result: ``met``, ``not_met``, ``unknown`` or ``not_observable``
        evidence: what it rests on
        day: day of the evidence
        expires: day from which it no longer counts
    """

    id: str
    practice: str
    holder: str
    result: str
    evidence: str
    day: date
    expires: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure(LedgerRecord):
    """One figure: a measure for one scope and window.

    Attributes:
        id: UUIDv5 of name, scope and window
        name: name of the measure, such as ``infection_rate``
        scope: id of the party it is for, or ``all``
        start: start of the window, UTC, included
        end: end of the window, UTC, not included
        value: the figure; null when it cannot be known
        unit: unit of value, low and high
        low: lower end of the 95 % interval; null when there is none
        high: upper end of the 95 % interval; null when there is none
        numerator: what was counted
        denominator: what it is divided by; null when not known
        missing: why the value is null; null when it is known
        sensors: names of the sensors it rests on
        coverage: share of the window's days that were watched, 0 to 1; null where it does not apply
        detail: further numbers, with units in the key names
        basis: ids of the rows it was computed from
        computed: when, UTC
    """

    id: str
    name: str
    scope: str
    start: datetime
    end: datetime
    value: float | None
    unit: str
    low: float | None
    high: float | None
    numerator: float | None
    denominator: float | None
    missing: str | None
    sensors: list[str]
    coverage: float | None
    detail: dict[str, Any]
    basis: list[str]
    computed: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition(LedgerRecord):
    """One frozen status report.

    Attributes:
        id: name of the edition
        as_of: moment it speaks of, UTC
        audience: ``public``, ``members`` or the id of a party
        digest: SHA-256 of the document in canonical JSON (RFC 8785), hex
        document: the document
        written: when it was written, UTC
    """

    id: str
    as_of: datetime
    audience: str
    digest: str
    document: dict[str, Any]
    written: datetime
