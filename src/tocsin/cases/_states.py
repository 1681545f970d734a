"""The life of a case: which event leads from which state to which. Reopening is an event, not a state."""

from dataclasses import replace

import sqlalchemy as sa

from tocsin.errors import WrongUse
from tocsin.records import Case, CaseEvent
from tocsin.store.ledger import put, read
from tocsin.workspace import Workspace

_ALIVE = ("open", "notified", "acknowledged", "claimed")
_ENDED = ("verified_clean", "false_positive", "expired", "referred")

STATES = (*_ALIVE, *_ENDED)

# event: (states it may come in, state it leads to; None leaves the state as it is)
EVENTS: dict[str, tuple[tuple[str, ...], str | None]] = {
    "found": (STATES, None),
    "assign": (_ALIVE, None),
    "notify": (("open", "notified"), "notified"),
    "acknowledge": (("open", "notified"), "acknowledged"),
    "claim": (("open", "notified", "acknowledged"), "claimed"),
    "verify": (("claimed",), "verified_clean"),
    "dismiss": (_ALIVE, "false_positive"),
    "expire": (_ALIVE, "expired"),
    "refer": (_ALIVE, "referred"),
    "reopen": (("claimed", *_ENDED), "open"),
}


def next_state(state: str, event: str) -> str:
    """State of a case after an event. Raises WrongUse when the event cannot happen in that state.

    >>> next_state("open", "claim")
    'claimed'
    >>> next_state("verified_clean", "reopen")
    'open'
    """
    if event not in EVENTS:
        raise WrongUse(f"no such event: {event}: choose one of {', '.join(EVENTS)}")
    sources, target = EVENTS[event]
    if state not in sources:
        raise WrongUse(f"a case that is {state.replace('_', ' ')} cannot {event}: it must be {' or '.join(sources)}")
    return target or state


def happen(
    connection: sa.Connection, workspace: Workspace, case: Case, event: str, actor: str, note: str | None = None
) -> Case:
    """Let an event happen to a case, and write it into its history."""
    after = replace(case, state=next_state(case.state, event))
    past = len(read(connection, CaseEvent, case=case.id))
    put(
        connection,
        [
            after,
            CaseEvent(
                party=case.party,
                marking=case.marking,
                source=actor,
                case=case.id,
                sequence=past + 1,
                time=workspace.now(),
                event=event,
                state=after.state,
                actor=actor,
                note=note,
            ),
        ],
    )
    return after


def is_alive(case: Case) -> bool:
    """Whether somebody still has to act on the case."""
    return case.state in _ALIVE
