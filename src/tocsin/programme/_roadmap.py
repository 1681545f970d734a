"""The road map: read from a file, put into the ledger, read back in order, and judged at a moment."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib.resources.abc import Traversable
from pathlib import Path

import sqlalchemy as sa
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tocsin.content import packaged
from tocsin.programme._schema import ItemPart, RoadmapFile, misfit
from tocsin.programme._yaml import line_of, read_yaml, refuse
from tocsin.records import Gap, Roadmap, RoadmapItem
from tocsin.store.ledger import put, read, remove

SHIPPED = "roadmap-2018.yaml"


def read_roadmap(file: Path | Traversable, *, party: str, marking: str) -> tuple[Roadmap, list[RoadmapItem]]:
    """Read a road map from a YAML file: the road map and its items, each after the one above it.

    ``party`` is the party that keeps it; ``marking`` says who may see it. Raises Unreadable, with file, line and
    remedy, for what cannot be read or does not hold together.
    """
    plain, node = read_yaml(file)
    try:
        parsed = RoadmapFile.model_validate(plain)
    except ValidationError as error:
        first = error.errors()[0]
        wrong, remedy = _told(first)
        refuse(file, line_of(node, first["loc"]), wrong, remedy)
    if found := misfit(parsed.items):
        place, told = found
        wrong, _, remedy = told.partition("; ")
        refuse(file, line_of(node, ("items", place)), wrong, remedy)
    ordered = _in_order(parsed.items)
    return _roadmap(parsed, ordered, party, marking, file.name), [
        RoadmapItem(**item.model_dump(), roadmap=parsed.id, party=party, marking=marking, source=file.name)
        for item in ordered
    ]


def shipped_roadmap(party: str) -> tuple[Roadmap, list[RoadmapItem]]:
    """The road map that comes with Tocsin: what the United States set out in 2018. Anyone may see it."""
    return read_roadmap(packaged(SHIPPED), party=party, marking="TLP:CLEAR")


def import_roadmap(connection: sa.Connection, roadmap: Roadmap, items: Sequence[RoadmapItem]) -> None:
    """Put a road map into the ledger in the place of what stood there under its id."""
    remove(connection, RoadmapItem, roadmap=roadmap.id)
    put(connection, [roadmap, *items])


def roadmap(connection: sa.Connection) -> list[RoadmapItem]:
    """Items of every road map in the ledger, each after the one above it, in the order of their sources."""
    found = {(item.roadmap, item.id): item for item in read(connection, RoadmapItem)}
    return [found[above.id, item] for above in read(connection, Roadmap) for item in above.items]


def state_at(item: RoadmapItem, moment: datetime) -> str:
    """State of an item at a moment, by what was known then: what ended later had not ended yet.

    What it was before it ended is ``planned`` until its start and ``active`` from then on; ``unknown`` where no start
    is known.
    """
    day = moment.date()
    if item.start is not None and day < item.start:
        return "planned"
    if item.finished is None or item.finished <= day:
        return item.state
    return "unknown" if item.start is None else "active"


def slip_days(item: RoadmapItem, moment: datetime) -> int | None:
    """Days by which an item ends later than planned, as known at a moment; None while nothing tells.

    What is overdue slips by a day a day, unless its state is unknown: then it may have ended unseen. A negative number
    is ahead of the plan.
    """
    day, state = moment.date(), state_at(item, moment)
    if item.due is None or state in ("unknown", "dropped"):
        return None
    if item.finished is not None and state == "done":
        return (item.finished - item.due).days
    if item.forecast is None and day <= item.due:
        return None
    return (max(item.forecast or item.due, day) - item.due).days


def _in_order(items: Sequence[ItemPart]) -> list[ItemPart]:
    """Each item after the one above it, else in the order of the file."""
    below: defaultdict[str | None, list[ItemPart]] = defaultdict(list)
    for item in items:
        below[item.parent].append(item)

    def walk(parent: str | None) -> Iterator[ItemPart]:
        for item in below[parent]:
            yield item
            yield from walk(item.id)

    return list(walk(None))


def _roadmap(parsed: RoadmapFile, ordered: Sequence[ItemPart], party: str, marking: str, source: str) -> Roadmap:
    report = parsed.next_report
    return Roadmap(
        party=party,
        marking=marking,
        source=source,
        id=parsed.id,
        title=parsed.title,
        published=parsed.published,
        items=[item.id for item in ordered],
        baseline=report.baseline,
        report_due=report.due,
        report_given=report.given,
        report_given_reference=report.given_reference,
        mark=report.mark,
        reference=report.reference,
        known_gaps=[Gap(text=gap.text, mark=gap.mark, reference=gap.reference) for gap in parsed.known_gaps],
    )


def _told(error: ErrorDetails) -> tuple[str, str]:
    """What is wrong and what to do, in our words where pydantic's are not a user's."""
    where = ".".join(str(step) for step in error["loc"] if isinstance(step, str) and step != "items")
    if error["type"] == "extra_forbidden":
        return f"unknown key '{where}'", "remove it or correct its spelling"
    if error["type"] == "missing":
        return f"no '{where}'", "add it"
    message = error["msg"].removeprefix("Value error, ")
    wrong, _, remedy = message.partition("; ")
    return f"{where}: {wrong}" if where else wrong, remedy or "correct it"
