"""The road map: a part for each goal with its actions, one for each line of effort with its tasks."""

from collections.abc import Iterator

from tocsin.programme import state_at
from tocsin.programme.report._facts import Facts
from tocsin.programme.report.shape import Branch, Figure, Node, RoadmapPart
from tocsin.records import RoadmapItem
from tocsin.wording import day, listing, many

STATES = {"unknown": "state not known", "active": "under way"}


def roadmap_part(facts: Facts, figures: list[Figure]) -> RoadmapPart:
    """The road map as the ledger holds it, and what is not known of it."""
    return RoadmapPart(
        title=", ".join(plan.title for plan in facts.roadmaps) or "The road map",
        sentence=_sentence(facts),
        goals=[_branch(facts, figures, item) for item in facts.items if item.kind == "goal"],
        lines=[_branch(facts, figures, item) for item in facts.items if item.kind == "line_of_effort"],
        unknown=[
            gap["text"] + _where(gap["mark"], gap["reference"]) for plan in facts.roadmaps for gap in plan.known_gaps
        ],
    )


def _sentence(facts: Facts) -> str:
    if not facts.roadmaps:
        return "There is no road map in the ledger."
    published = "; ".join(day(plan.published) for plan in facts.roadmaps)
    recalled = sum(item.mark == "recalled" for item in facts.items)
    return (
        f"Published {published}; told here in other words. Of {many(len(facts.items), 'entry', 'entries')}, "
        f"{recalled} are marked recalled: only remembered, not read in a source."
    )


def _branch(facts: Facts, figures: list[Figure], top: RoadmapItem) -> Branch:
    below = list(_below(facts.items, top))
    measures = dict.fromkeys(name for item in [top, *below] for name in item.measures)
    return Branch(
        id=top.id,
        title=top.title,
        mark=top.mark,
        nodes=[_node(facts, item) for item in below],
        shown_by=[
            f"{figure['title']}: {figure['text']}."
            for figure in figures
            if figure["name"] in measures and figure["leading"]
        ],
    )


def _below(items: list[RoadmapItem], above: RoadmapItem) -> Iterator[RoadmapItem]:
    for item in items:
        if item.roadmap == above.roadmap and item.parent == above.id:
            yield item
            yield from _below(items, item)


def _node(facts: Facts, item: RoadmapItem) -> Node:
    state = state_at(item, facts.as_of)
    return Node(
        id=item.id, kind=item.kind, title=item.title, state=state, note=_note(facts, item, state), mark=item.mark
    )


def _note(facts: Facts, item: RoadmapItem, state: str) -> str:
    if item.kind == "workstream":
        return ""
    lead = f"Led by {listing(item.leads)}." if item.leads else "Who leads is not known."
    if state == "unknown" and item.due is None:
        return f"{lead} State and due date are not known."
    ended = item.finished is not None and item.finished <= facts.as_of.date()
    known = f"{STATES.get(state, state).capitalize()}{f' on {day(item.finished)}' if item.finished and ended else ''}."
    due = f"Due on {day(item.due)}." if item.due else "Due date not known."
    return f"{lead} {known} {due}" if not ended or item.due else f"{lead} {known}"


def _where(mark: str, reference: str | None) -> str:
    return f" ({mark}: {reference})" if reference else f" ({mark})"
