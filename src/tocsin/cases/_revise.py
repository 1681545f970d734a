"""Cases after evidence was taken back: as if what is gone had never been there, but for what people did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from tocsin.cases._states import is_alive
from tocsin.records import Case, CaseEvent, Finding, Mitigation, Notice, Outbox, record_id
from tocsin.store.ledger import Ledger, put, read, remove
from tocsin.store.outbox import AWAITING
from tocsin.workspace import Workspace

# Events and states that come of the stages alone; anything else is what a person did, or what left the house.
BY_ITSELF = {"found", "assign"}
PREPARED = {AWAITING, "proposed", "ended"}


@dataclass(frozen=True, slots=True)
class Revised:
    """Ids of the cases that were forgotten, and of those that rest on less or on other evidence now."""

    forgotten: tuple[str, ...]
    revised: tuple[str, ...]


def revise(workspace: Workspace, ledger: Ledger) -> Revised:
    """Let cases rest on the findings that there are. Merge the findings afterwards.

    A case that has lost a finding, and on which nobody has acted and of which nobody was told, is forgotten with its
    history and with what was prepared for it, when nothing is left of it or when it would have begun on another day.
    Other cases have their severity, times and behaviours from the findings that they still have; what people did is
    not forgotten, and a case that rests on nothing is dismissed by the merge.
    """
    forgotten, revised = [], []
    with ledger.write() as connection:
        found = {finding.id: finding for finding in read(connection, Finding)}
        for case in read(connection, Case):
            if not is_alive(case):
                continue
            if _is_void(workspace, case, found) and _is_untouched(connection, case):
                _forget(connection, workspace, case)
                forgotten.append(case.id)
            elif (after := _resting(case, found)) != case:
                put(connection, [after])
                revised.append(case.id)
    return Revised(tuple(forgotten), tuple(revised))


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


def _forget(connection: sa.Connection, workspace: Workspace, case: Case) -> None:
    """Remove a case and what was prepared for it; a file for several cases is prepared again without this one."""
    outbox = {notice.outbox for notice in read(connection, Notice, case=case.id)}
    for mitigation in read(connection, Mitigation, case=case.id):
        outbox |= {entry.id for entry in read(connection, Outbox, source=mitigation.source)}
    for entry in read(connection, Outbox):
        if entry.id in outbox and entry.state == AWAITING:
            (workspace.outbox / entry.path).unlink(missing_ok=True)
            remove(connection, Outbox, id=entry.id)
    for record in (Notice, Mitigation, CaseEvent):
        remove(connection, record, case=case.id)
    remove(connection, Case, id=case.id)
