"""The form of a road map file: what may stand in it, and what must hold between its items."""

from datetime import date, timedelta
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from tocsin.units import units

# What an item of each kind may stand under; None is the top.
ABOVE: dict[str, tuple[str | None, ...]] = {
    "goal": (None,),
    "action": ("goal",),
    "line_of_effort": (None,),
    "workstream": ("line_of_effort",),
    "task": ("action", "workstream"),
}
ENDED = ("done", "dropped")


def _day(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"no such day: {value}; write it as 2019-06-30") from None


Day = Annotated[date, BeforeValidator(_day)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]
Names = Annotated[list[Text], Field(max_length=100)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Sourced(_Part):
    """Something that a source says: ``read`` names the source that was seen; ``recalled`` was only remembered."""

    mark: Literal["read", "recalled"]
    reference: Text | None = None

    @model_validator(mode="after")
    def _read_somewhere(self) -> Self:
        if self.mark == "read" and self.reference is None:
            raise ValueError("marked read without a reference; say where, or mark it recalled")
        return self


class GapPart(_Sourced):
    """What is not known of the road map, or where its sources disagree."""

    text: Text


class NextReport(_Sourced):
    """When the next report on progress is due, and when it came."""

    baseline: Day
    days: int = Field(gt=0, le=3660)
    given: Day | None = None
    given_reference: Text | None = None

    @property
    def due(self) -> date:
        """The day on which it is due."""
        return self.baseline + timedelta(days=self.days)


class ItemPart(_Sourced):
    """An item of the road map. What is not known is left out."""

    id: Id
    kind: Literal["goal", "action", "line_of_effort", "workstream", "task"]
    parent: Id | None = None
    title: Text
    leads: Names = []
    contributors: Names = []
    state: Literal["planned", "active", "blocked", "done", "dropped", "unknown"] = "unknown"
    start: Day | None = None
    due: Day | None = None
    forecast: Day | None = None
    finished: Day | None = None
    depends_on: list[Id] = []
    measures: list[str] = []

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for name in ("due", "forecast", "finished"):
            day = getattr(self, name)
            if self.start is not None and day is not None and day < self.start:
                raise ValueError(f"{name} {day} lies before the start {self.start}; correct one of them")
        if (self.state in ENDED) != (self.finished is not None):
            raise ValueError(f"state {self.state} with finished {self.finished}; only what ended has such a day")
        return self

    @model_validator(mode="after")
    def _known_measures(self) -> Self:
        known = units("tocsin.programme.measures")
        for name in self.measures:
            if name not in known:
                raise ValueError(f"no such measure: {name}; choose from {', '.join(known)}")
        return self


class RoadmapFile(_Part):
    """A road map file."""

    id: Id
    title: Text
    published: Day
    next_report: NextReport
    known_gaps: list[GapPart] = []
    items: list[ItemPart] = Field(min_length=1, max_length=10_000)


def misfit(items: list[ItemPart]) -> tuple[int, str] | None:
    """The first item that does not fit the others, by its place, and what is wrong with it; None when all fit."""
    places: dict[str, int] = {}
    for place, item in enumerate(items):
        if places.setdefault(item.id, place) != place:
            return place, f"id {item.id} stands twice; give each item its own"
    for place, item in enumerate(items):
        if wrong := _misplaced(item, items, places) or _unknown_dependency(item, items, places):
            return place, wrong
    try:
        TopologicalSorter({item.id: item.depends_on for item in items}).prepare()
    except CycleError as error:
        cycle: list[str] = error.args[1]
        return places[cycle[0]], f"items wait for each other: {' - '.join(cycle)}; remove one dependency"
    return None


def _misplaced(item: ItemPart, items: list[ItemPart], places: dict[str, int]) -> str | None:
    if item.parent is not None and item.parent not in places:
        return f"no such parent: {item.parent}; name an item of this file"
    above = None if item.parent is None else items[places[item.parent]].kind
    if above in ABOVE[item.kind]:
        return None
    wanted = " or ".join(kind or "nothing" for kind in ABOVE[item.kind])
    return f"{item.kind} {item.id} stands under {above or 'nothing'}; put it under {wanted}"


def _unknown_dependency(item: ItemPart, items: list[ItemPart], places: dict[str, int]) -> str | None:
    for name in item.depends_on:
        if name not in places or items[places[name]].kind != "task":
            return f"no such task to depend on: {name}; name a task of this file"
    return None
