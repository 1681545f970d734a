"""Show the road map: goals, actions, lines of effort and tasks, with their state and where each fact comes from."""

from typing import Annotated

import typer

from tocsin.access import shown
from tocsin.cli._output import fact, json_line
from tocsin.cli._session import session
from tocsin.programme import clock, roadmap, state_at
from tocsin.records import Roadmap, RoadmapItem
from tocsin.store.ledger import read
from tocsin.wording import moment


def run(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on stdout.")] = False
) -> None:
    with session(context) as (workspace, ledger), ledger.look() as connection:
        now = workspace.now()
        plans, items = shown(workspace, read(connection, Roadmap)), shown(workspace, roadmap(connection))
    if as_json:
        for item in items:
            json_line(item)
        return
    depths = _depths(items)
    for plan in plans:
        fact(f"{plan.title}, as of {moment(now)}")
        if running := clock(plan, now):
            fact(running.text)
        for item in (item for item in items if item.roadmap == plan.id):
            state = f"  [{state_at(item, now)}]" if item.kind == "task" else ""
            fact(f"{'  ' * depths[item.id]}{item.id}  {item.title}  ({item.mark}){state}")
        for gap in plan.known_gaps:
            fact(f"not known: {gap['text']}")


def _depths(items: list[RoadmapItem]) -> dict[str, int]:
    """How deep each item lies in its tree; each comes after the one above it."""
    depths: dict[str, int] = {}
    for item in items:
        depths[item.id] = depths[item.parent] + 1 if item.parent in depths else 0
    return depths
