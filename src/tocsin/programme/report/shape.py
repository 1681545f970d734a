"""The parts of a status report's document. Everything that a reader sees stands in it; drawing adds only form.

Times are RFC 3339 text in UTC. Fields named ``text``, ``title``, ``sentence`` and the like are for display as they
stand: numbers written out, addresses defanged.
"""

from typing import Any, Literal, TypedDict

SCHEMA = "tocsin-report/1"


class Window(TypedDict):
    """A span of time, the end not included, and how it is written."""

    start: str
    end: str
    text: str


Change = Literal["first", "not comparable", "not moved", "rose", "fell"]


class Figure(TypedDict):
    """One measure for one scope.

    ``text`` is the figure as shown and ``note`` what was counted for it; ``missing`` says why ``value`` is null.
    ``before`` is what it was in the window before; ``change`` and ``moved`` say what that means. ``leading`` figures
    stand on page one. ``definition`` is the name of its entry in the annex; ``basis`` are ids of the ledger rows that
    it was computed from; the public and members see those of road maps only.
    """

    id: str
    name: str
    title: str
    scope: str
    value: float | None
    unit: str
    low: float | None
    high: float | None
    numerator: float | None
    denominator: float | None
    missing: str | None
    text: str
    note: str
    before: float | None
    change: Change
    moved: str
    leading: bool
    window: Window
    sensors: list[str]
    coverage: float | None
    source: str
    detail: dict[str, Any]
    basis: list[str]
    definition: str


class Answer(TypedDict):
    """The question of page one, its answer and the reason for it."""

    question: str
    sentence: str
    reason: str


class Timing(TypedDict):
    """Whether the road map is on time. ``due`` is the day of the next report; all are null without a road map."""

    sentence: str
    points: list[str]
    published: str | None
    due: str | None
    days_left: int | None


class Step(TypedDict):
    """What someone must do next. ``urgent`` is true when a person is waited for now."""

    who: str
    what: str
    why: str
    since: str
    urgent: bool
    basis: list[str]


class Sureness(TypedDict):
    """How sure the report is: one sentence, then what it rests on and what is missing, a sentence each."""

    sentence: str
    points: list[str]


class Behaviour(TypedDict):
    """One behaviour of a case, in plain words."""

    name: str
    title: str
    technique: str | None
    explanations: list[str]
    confidence: int
    findings: list[str]


class Peer(TypedDict):
    """The other side of a behaviour, defanged, and what it is to the case."""

    text: str
    part: str


class Event(TypedDict):
    """One thing that happened to a case."""

    time: str
    when: str
    text: str


class Table(TypedDict):
    """Numbers of a picture. Columns whose name is in ``numeric`` are set to the right."""

    title: str
    columns: list[str]
    numeric: list[str]
    rows: list[list[str]]


class Picture(TypedDict):
    """A picture: what it says, what it plots (``data``, read by the picture's own file), and its numbers."""

    kind: str
    title: str
    subtitle: str
    source: str
    alternative: str
    data: dict[str, Any]
    tables: list[Table]


class CasePart(TypedDict):
    """One case."""

    id: str
    title: str
    subject: str
    state: str
    sentence: str
    responsible: str
    responsible_how: str
    alternatives: str
    window: Window
    behaviours: list[Behaviour]
    peers: list[Peer]
    history: list[Event]
    pictures: list[Picture]


class Node(TypedDict):
    """An action, a workstream or a task; ``note`` has who leads, its state and its dates.

    ``mark`` says whether it was read in a source or only recalled.
    """

    id: str
    kind: str
    title: str
    state: str
    note: str
    mark: str


class Branch(TypedDict):
    """A goal with its actions, or a line of effort with its workstreams and tasks, in the order of the source.

    ``shown_by`` are the figures that show whether it helps, a sentence each.
    """

    id: str
    title: str
    mark: str
    nodes: list[Node]
    shown_by: list[str]


class RoadmapPart(TypedDict):
    """The road map: its goals, its lines of effort, and what is not known of it."""

    title: str
    sentence: str
    goals: list[Branch]
    lines: list[Branch]
    unknown: list[str]


class Definition(TypedDict):
    """What a measure means: its name, first sentence, and the paragraphs of its docstring as [heading, text]."""

    name: str
    title: str
    paragraphs: list[list[str]]


class Annex(TypedDict):
    """What the figures rest on."""

    definitions: list[Definition]
    coverage: Table
    method: list[str]
    data: list[str]


class Document(TypedDict):
    """One status report. Its digest is the SHA-256 of the document in canonical JSON (RFC 8785)."""

    schema: str
    title: str
    edition: str
    as_of: str
    as_of_text: str
    party: str
    party_name: str
    audience: str
    audience_name: str
    marking: str
    answer: Answer
    timing: Timing
    next: list[Step]
    next_more: str
    sureness: Sureness
    figures: list[Figure]
    cases: list[CasePart]
    cases_more: str
    withheld: str
    roadmap: RoadmapPart
    annex: Annex
