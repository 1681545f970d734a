"""What cases need of the telemetry: for which days, and about whom."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from tocsin.cases._states import is_alive
from tocsin.records import Case, CaseEvent, Finding, LakeFile, Subject
from tocsin.store.erasure import LEASES
from tocsin.store.ledger import read
from tocsin.store.place import place
from tocsin.store.retention import Held
from tocsin.store.spans import Span, spans_of
from tocsin.workspace import Workspace

SUBSCRIBER = "subscriber"


def evidence(connection: sa.Connection, workspace: Workspace) -> Held:
    """Whose rows are kept past the time of telemetry, for each UTC day on which a case has a finding.

    A case needs its own as long as it goes on, and afterwards for as long as the settings say that evidence is kept,
    without end when they say no number of days.
    """
    found = {finding.id: finding for finding in read(connection, Finding)}
    held: dict[date, list[Span]] = {}
    for case in read(connection, Case):
        if not _needed(connection, workspace, case):
            continue
        for finding in (found[name] for name in case.findings if name in found):
            spans = [Span(finding.host)] if finding.host and case.subject["kind"] != SUBSCRIBER else []
            held.setdefault(finding.day, []).extend(spans or _spans(connection, workspace, case.subject))
    return held


def _needed(connection: sa.Connection, workspace: Workspace, case: Case) -> bool:
    days = workspace.settings.retention.evidence.days
    if is_alive(case) or days is None:
        return True
    return _ended(connection, case) >= workspace.now() - timedelta(days=days)


def _ended(connection: sa.Connection, case: Case) -> datetime:
    """When the last thing happened to a case; findings that still come in lengthen its time."""
    return max((event.time for event in read(connection, CaseEvent, case=case.id)), default=case.last_seen)


def _spans(connection: sa.Connection, workspace: Workspace, subject: Subject) -> list[Span]:
    """Addresses of a subject that is no host: those that a subscriber held, or the subject's own name."""
    if subject["kind"] != SUBSCRIBER:
        return [Span(subject["value"])]
    return spans_of(place(workspace.lake), _leases(connection), subject["value"])


def _leases(connection: sa.Connection) -> Iterator[LakeFile]:
    for name in LEASES:
        yield from read(connection, LakeFile, telemetry=name)
