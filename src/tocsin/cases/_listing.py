"""Cases as they are listed: the most urgent first, each with its history, notices and mitigations."""

from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from tocsin.cases._states import is_alive
from tocsin.records import Case, CaseEvent, Mitigation, Notice, story
from tocsin.store.ledger import read


def cases(connection: sa.Connection) -> list[Case]:
    """All cases: those that somebody has to act on first, then by severity, then the longest open."""
    return sorted(read(connection, Case), key=lambda case: (not is_alive(case), -case.severity, case.opened, case.id))


def case_document(connection: sa.Connection, case: Case) -> dict[str, Any]:
    """A case with what was told, what was blocked and what happened, as ``cases --json`` gives it."""
    history = read(connection, CaseEvent, case=case.id)
    return {
        **asdict(case),
        "story": story(case.behaviours),
        "notices": [notice.id for notice in read(connection, Notice, case=case.id)],
        "mitigations": [mitigation.id for mitigation in read(connection, Mitigation, case=case.id)],
        "history": [
            {
                name: value
                for name, value in asdict(event).items()
                if name in ("time", "event", "state", "actor", "note")
            }
            for event in history
        ],
    }
