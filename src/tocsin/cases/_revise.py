"""Cases after evidence was taken back: as if what is gone had never been there, but for what people did."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import sqlalchemy as sa

from tocsin.cases._states import is_alive
from tocsin.records import Case, CaseEvent, Finding, Mitigation, Notice, Outbox, record_id
from tocsin.store.ledger import Ledger, put, read, remove
from tocsin.store.outbox import AWAITING
from tocsin.workspace import Workspace

# Events and states that come of the stages alone; anything else is what a person did, or what left the house.
BY_ITSELF = {"found", "assign"}
PROPOSED = "proposed"
PREPARED = {AWAITING, PROPOSED, "ended"}


@dataclass(frozen=True, slots=True)
class Revised:
    """Ids of the cases that were forgotten, and of the others whose evidence may be another now."""

    forgotten: tuple[str, ...]
    revised: tuple[str, ...]


def revise(workspace: Workspace, ledger: Ledger, days: Collection[date]) -> Revised:
    """Let the cases of these days rest on the findings that there are now. Merge the findings afterwards, and respond.

    A case that has lost a finding, and on which nobody has acted and of which nobody was told, is forgotten with its
    history when nothing is left of it or when it would have begun on another day. Other cases have their severity,
    times and behaviours from the findings that they still have; what people did is not forgotten, and a case that rests
    on nothing is dismissed by the merge. What was prepared and waits for a yes is withdrawn without a trace: what the
    evidence still asks for is prepared anew.
    """
    forgotten, revised = [], []
    with ledger.write() as connection:
        found = {finding.id: finding for finding in read(connection, Finding, suppressed_by=None)}
        for case in read(connection, Case):
            if not is_alive(case) or not _concerned(case, found, days):
                continue
            forget = _is_void(workspace, case, found) and _is_untouched(connection, case)
            _unprepare(connection, workspace, case)
            if forget:
                for record in (Notice, Mitigation, CaseEvent):
                    remove(connection, record, case=case.id)
                remove(connection, Case, id=case.id)
                forgotten.append(case.id)
            else:
                put(connection, [_resting(case, found)])
                revised.append(case.id)
    return Revised(tuple(forgotten), tuple(revised))


def _concerned(case: Case, found: Mapping[str, Finding], days: Collection[date]) -> bool:
    return any(name not in found or found[name].day in days for name in case.findings)


def _is_void(workspace: Workspace, case: Case, found: Mapping[str, Finding]) -> bool:
    left = _left(case, found)
    if len(left) == len(case.findings) or case.sightings:
        return False
    return not left or case.id != _id(workspace, case, left)


def _id(workspace: Workspace, case: Case, left: Sequence[Finding]) -> str:
    """The id that the merge would give to a case with these findings."""
    first = min(finding.day for finding in left)
    return record_id("case", workspace.party, case.subject["kind"], case.subject["value"], first.isoformat())


def _left(case: Case, found: Mapping[str, Finding]) -> list[Finding]:
    return [found[name] for name in case.findings if name in found]


def _is_untouched(connection: sa.Connection, case: Case) -> bool:
    prepared: list[Notice | Mitigation] = [
        *read(connection, Notice, case=case.id),
        *read(connection, Mitigation, case=case.id),
    ]
    events = {event.event for event in read(connection, CaseEvent, case=case.id)}
    return events <= BY_ITSELF and {row.state for row in prepared} <= PREPARED


def _resting(case: Case, found: Mapping[str, Finding]) -> Case:
    """The case with what its findings say now; the same when it rests on sightings too, or on nothing."""
    left = _left(case, found)
    if not left or case.sightings:
        return case
    return replace(
        case,
        severity=max(finding.confidence for finding in left),
        opened=min(finding.first_seen for finding in left),
        last_seen=max(finding.last_seen for finding in left),
        behaviours=sorted({finding.behaviour for finding in left}),
    )


def _unprepare(connection: sa.Connection, workspace: Workspace, case: Case) -> None:
    """Remove notices and blocks of a case that wait for a yes; a file with the blocks of several cases goes whole."""
    notices = read(connection, Notice, case=case.id, state=AWAITING)
    proposed = read(connection, Mitigation, case=case.id, state=PROPOSED)
    sources = {mitigation.source for mitigation in proposed}
    names = {notice.outbox for notice in notices}
    for entry in read(connection, Outbox, state=AWAITING):
        if entry.id in names or entry.source in sources:
            (workspace.outbox / entry.path).unlink(missing_ok=True)
            remove(connection, Outbox, id=entry.id)
    remove(connection, Notice, case=case.id, state=AWAITING)
    remove(connection, Mitigation, case=case.id, state=PROPOSED)
