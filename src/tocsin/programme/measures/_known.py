"""What the ledger holds, as it was known at a moment.

The ledger keeps when something happened, not when its row was written: evidence counts as known from the time that it
bears.
"""

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa

from tocsin.records import Case, CaseEvent, Finding, Party
from tocsin.store.ledger import read, sql_table

FALSE_POSITIVE = "false_positive"


def known_cases(connection: sa.Connection, as_of: datetime) -> list[Case]:
    """Cases that stood at ``as_of``: with evidence by then that no rule hides, and not found to be false by then."""
    finding = sql_table(Finding).c
    shown = sa.select(finding.id).where(finding.suppressed_by.is_(None), finding.first_seen <= as_of)
    evidence = set(connection.execute(shown).scalars())
    cases = read(connection, Case, sql_table(Case).c.opened <= as_of)
    states = _states(connection, cases, as_of)
    return [
        case
        for case in cases
        if states[case.id] != FALSE_POSITIVE and (case.sightings or not evidence.isdisjoint(case.findings))
    ]


def taking_part(connection: sa.Connection, days: Sequence[date]) -> dict[str, list[date]]:
    """Parties that take part in the programme on some of these days, each with those days."""
    return {
        party.id: present
        for party in read(connection, Party)
        if (present := [day for day in days if party.joined <= day and (party.left is None or day <= party.left)])
    }


def _states(connection: sa.Connection, cases: Sequence[Case], as_of: datetime) -> dict[str, str]:
    """State of each case at ``as_of``: after its last event by then; as it stands when no event tells."""
    states = {case.id: case.state for case in cases}
    events = sorted(read(connection, CaseEvent), key=lambda event: event.time)
    states |= {event.case: "open" for event in events}
    return states | {event.case: event.state for event in events if event.time <= as_of}
