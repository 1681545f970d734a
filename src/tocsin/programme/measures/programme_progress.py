"""How much of the road map is done.

Says: the share of the road map's tasks that are done, and, in the detail, how many stand in each other state, how many
nobody leads, and how late those are of which it is known.

Formula: 100 times the tasks done at the end of the window, divided by all tasks of the road maps published by then. A
task that ended later counts as not ended. What was dropped stays in the denominator, so that dropping tasks does not
look like progress. Slip is the forecast or actual end, or the window's own end once the task is overdue, less the
planned end.

Needs: a road map in the ledger. Nothing of the network goes into this figure.

Misleads when: the state of many tasks is unknown, for these count as not done and are shown apart; tasks differ in
weight; tasks are done and the threat does not fall, which the other measures tell.

Learn more: US Government Accountability Office, Schedule Assessment Guide (GAO-16-89G).
"""

from collections import Counter
from collections.abc import Sequence

import sqlalchemy as sa

from tocsin.programme._roadmap import roadmap, slip_days, state_at
from tocsin.programme.measures._window import ALL, Window, figure
from tocsin.records import Measure, Roadmap, RoadmapItem
from tocsin.store.ledger import read

NAME = "programme_progress"
UNIT = "%"


def measure(connection: sa.Connection, window: Window) -> list[Measure]:
    """The share done, of all road maps together; it belongs to no party alone."""
    roadmaps = read(connection, Roadmap)
    published = {found.id for found in roadmaps if found.published <= window.moment.date()}
    tasks = [item for item in roadmap(connection) if item.kind == "task" and item.roadmap in published]
    if not tasks:
        return [figure(window, NAME, ALL, unit=UNIT, missing=_missing(roadmaps, published))]
    states = Counter(state_at(task, window.moment) for task in tasks)
    return [
        figure(
            window,
            NAME,
            ALL,
            unit=UNIT,
            value=100 * states["done"] / len(tasks),
            numerator=states["done"],
            denominator=len(tasks),
            detail=_detail(window, tasks, states),
            basis=[task.id for task in tasks],
        )
    ]


def _detail(window: Window, tasks: Sequence[RoadmapItem], states: Counter[str]) -> dict[str, object]:
    slips = {task.id: slip_days(task, window.moment) for task in tasks}
    return {
        "tasks_by_state": dict(sorted(states.items())),
        "blocked_percent": 100 * states["blocked"] / len(tasks),
        "unknown_percent": 100 * states["unknown"] / len(tasks),
        "led_percent": 100 * sum(bool(task.leads) for task in tasks) / len(tasks),
        "slip_days": {task: slip for task, slip in slips.items() if slip is not None},
    }


def _missing(roadmaps: Sequence[Roadmap], published: set[str]) -> str:
    if not roadmaps:
        return "not known: no road map in the ledger"
    if not published:
        return (
            f"not known: the road map was not published before {min(found.published for found in roadmaps).isoformat()}"
        )
    return "not known: the road map has no tasks"
