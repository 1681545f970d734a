"""Merges findings into cases: one case for each subject, until it ends; what comes later reopens it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

import sqlalchemy as sa

from tocsin.cases._states import happen, is_alive
from tocsin.parties.directory import Directory, directory
from tocsin.parties.responsible import responsible
from tocsin.records import Case, CaseEvent, Finding, Subject, record_id
from tocsin.store.ledger import Ledger, put, read
from tocsin.wording import many
from tocsin.workspace import Workspace

ACTOR = "cases/merge"


@dataclass(frozen=True, slots=True)
class MergeSummary:
    """What one merge did, by ids of cases."""

    opened: tuple[str, ...]
    extended: tuple[str, ...]
    reopened: tuple[str, ...]


def merge(workspace: Workspace, ledger: Ledger) -> MergeSummary:
    """Put every finding that no rule hides into a case. Merging again changes nothing."""
    done: dict[str, list[str]] = {"opened": [], "extended": [], "reopened": []}
    with ledger.write() as connection:
        known = directory(connection, workspace.now().date())
        found = {finding.id: finding for finding in read(connection, Finding)}
        held = [_kept_true(connection, workspace, known, case, found) for case in read(connection, Case)]
        until = {name: case.last_seen for case in held for name in case.findings}
        fresh = [
            f for f in found.values() if f.suppressed_by is None and (f.id not in until or f.last_seen > until[f.id])
        ]
        for (kind, value), group in groupby(sorted(fresh, key=_by_subject_and_day), key=_subject_key):
            subject = Subject(kind=kind, value=value)
            of_subject = [case for case in held if case.subject == subject]
            case, what = _merge_subject(connection, workspace, known, subject, of_subject, list(group))
            done[what].append(case.id)
    return MergeSummary(tuple(done["opened"]), tuple(done["extended"]), tuple(done["reopened"]))


def _kept_true(
    connection: sa.Connection, workspace: Workspace, known: Directory, case: Case, found: Mapping[str, Finding]
) -> Case:
    """A case without the findings that no longer hold or are hidden, and with the party that is responsible now."""
    standing = [found[name] for name in case.findings if name in found and found[name].suppressed_by is None]
    after = _resting_on(case, standing)
    if after != case:
        put(connection, [after])
    if not is_alive(after):
        return after
    if not standing and not after.sightings:
        hidden = any(name in found for name in case.findings)
        note = "a rule hides what it rested on" if hidden else "what it rested on no longer holds"
        return happen(connection, workspace, after, "dismiss", ACTOR, note)
    (answer,) = responsible(known, [after.subject["value"]])
    if answer == after.responsible:
        return after
    return happen(connection, workspace, replace(after, responsible=answer), "assign", ACTOR, answer["how"])


def _resting_on(case: Case, standing: list[Finding]) -> Case:
    """The case with these findings and no others; with sightings, what it is said to be may come from those."""
    after = replace(case, findings=[finding.id for finding in standing])
    if not standing or case.sightings:
        return after
    return replace(
        after,
        severity=max(finding.confidence for finding in standing),
        behaviours=sorted({finding.behaviour for finding in standing}),
    )


def _merge_subject(
    connection: sa.Connection,
    workspace: Workspace,
    known: Directory,
    subject: Subject,
    cases: list[Case],
    fresh: list[Finding],
) -> tuple[Case, str]:
    note = f"{many(len(fresh), 'finding')}: {', '.join(sorted({f.behaviour for f in fresh}))}"
    if not cases:
        case = _new_case(workspace, known, subject, fresh)
        return happen(connection, workspace, case, "found", ACTOR, note), "opened"
    latest = max(cases, key=lambda case: case.last_seen)
    case = _with_findings(latest, fresh)
    settled = latest.state == "claimed" or not is_alive(latest)
    last = read(connection, CaseEvent, case=latest.id)[-1] if settled else None
    # Evidence from before the party said that it was clean, or from before the case ended, is no relapse. What ended
    # for want of evidence goes on as soon as there is some, of whatever day.
    if last and (case.last_seen > last.time or (last.event, last.actor) == ("dismiss", ACTOR)):
        return happen(connection, workspace, case, "reopen", ACTOR, note), "reopened"
    return happen(connection, workspace, case, "found", ACTOR, note), "extended"


def _new_case(workspace: Workspace, known: Directory, subject: Subject, fresh: list[Finding]) -> Case:
    first = fresh[0]
    (answer,) = responsible(known, [subject["value"]])
    empty = Case(
        party=first.party,
        marking=first.marking,
        source=ACTOR,
        id=record_id("case", workspace.party, subject["kind"], subject["value"], first.day.isoformat()),
        subject=subject,
        responsible=answer,
        state="open",
        severity=0,
        opened=first.first_seen,
        last_seen=first.last_seen,
        behaviours=[],
        findings=[],
        sightings=[],
    )
    return _with_findings(empty, fresh)


def _with_findings(case: Case, findings: Iterable[Finding]) -> Case:
    more = list(findings)
    return replace(
        case,
        severity=max(case.severity, *(f.confidence for f in more)),
        opened=min(case.opened, *(f.first_seen for f in more)),
        last_seen=max(case.last_seen, *(f.last_seen for f in more)),
        behaviours=sorted({*case.behaviours, *(f.behaviour for f in more)}),
        findings=list(dict.fromkeys([*case.findings, *(f.id for f in more)])),
    )


def _subject_key(finding: Finding) -> tuple[str, str]:
    return finding.subject["kind"], finding.subject["value"]


def _by_subject_and_day(finding: Finding) -> tuple[object, ...]:
    return (*_subject_key(finding), finding.day, finding.behaviour)
