"""What a report may speak of: rows of the ledger as of a moment, as far as the audience may know them.

Here access is decided, once for all parts of the report: what is not in these facts can be in no part.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from tocsin.access import EXPORT, MEMBERS, PUBLIC, PUBLISH, VIEW, decide, fellows, local, without_victims
from tocsin.errors import WrongUse
from tocsin.programme import roadmap
from tocsin.programme.report._cells import minimum, withheld_below
from tocsin.records import (
    Case,
    CaseEvent,
    Community,
    Coverage,
    Finding,
    Ingest,
    Judgement,
    LedgerRecord,
    Measure,
    Mitigation,
    Notice,
    Party,
    Roadmap,
    RoadmapItem,
)
from tocsin.store.ledger import read, sql_table
from tocsin.wording import defanged
from tocsin.workspace import Workspace

# Readers who see sums over parties, never a party's own small counts.
AGGREGATED = (PUBLIC, MEMBERS)


@dataclass(frozen=True, slots=True)
class Facts:
    """Rows that the report may speak of. ``withheld`` counts the cases, ``unshown`` the figures that it may not."""

    as_of: datetime
    audience: str
    operator: str
    parties: dict[str, Party]
    measures: list[Measure]
    cases: list[Case]
    events: list[CaseEvent]
    findings: dict[str, Finding]
    notices: list[Notice]
    mitigations: list[Mitigation]
    roadmaps: list[Roadmap]
    items: list[RoadmapItem]
    coverage: list[Coverage]
    judgements: list[Judgement]
    ingests: list[Ingest]
    withheld: int
    unshown: int

    def name(self, party: str | None) -> str:
        """Name of a party as it writes it; its id when the ledger has no such party."""
        if party is None:
            return "nobody known"
        return self.parties[party].name if party in self.parties else party

    def named(self, text: str) -> str:
        """The text with ids of parties replaced by their names, and addresses defanged."""
        ids = "|".join(map(re.escape, sorted(self.parties, key=len, reverse=True)))
        return defanged(re.sub(rf"(?<![\w-])(?:{ids})(?![\w-])", lambda found: self.parties[found[0]].name, text))


def facts(workspace: Workspace, connection: sa.Connection, as_of: datetime, audience: str) -> Facts:
    """Read them. Raises WrongUse for an audience that is neither ``public``, ``members`` nor a party of the ledger."""
    parties = {party.id: party for party in read(connection, Party)}
    if audience not in {PUBLIC, MEMBERS, *parties}:
        raise WrongUse(f"no such audience: {audience}: choose public, members or one of {', '.join(parties)}")
    permitted = _Permitted(workspace, connection, as_of, audience)
    happened = read(connection, CaseEvent)
    events = [event for event in happened if event.time <= as_of]
    # A case is open until an event says otherwise.
    states = {event.case: "open" for event in happened} | {event.case: event.state for event in events}
    opened = [replace(case, state=states.get(case.id, case.state)) for case in read(connection, Case, _begun(as_of))]
    cases = [case for case in opened if permitted(case, case.responsible["party"], subject=True)]
    kept = {case.id: case for case in cases}
    proof = {finding for case in cases for finding in case.findings}
    found = {
        finding.id: finding if finding.party == audience else without_victims(finding)
        for finding in read(connection, Finding)
        if finding.id in proof and finding.suppressed_by is None and finding.first_seen <= as_of
    }
    measures = [measure for measure in read(connection, Measure) if measure.start < as_of and _known(measure) <= as_of]
    shown = [measure for measure in measures if permitted(measure, measure.scope)]
    if audience in AGGREGATED:
        least = minimum(read(connection, Community))
        shown = [withheld_below(measure, least) for measure in shown]
    return Facts(
        as_of=as_of,
        audience=audience,
        operator=workspace.party,
        parties=parties,
        measures=shown,
        cases=cases,
        events=[event for event in events if event.case in kept],
        findings=found,
        notices=[
            replace(notice, sent=notice.sent if notice.sent and notice.sent <= as_of else None)
            for notice in read(connection, Notice)
            if notice.case in kept and notice.written <= as_of
        ],
        mitigations=[m for m in read(connection, Mitigation) if m.case in kept and m.written <= as_of],
        roadmaps=[plan for plan in read(connection, Roadmap) if permitted(plan)],
        items=[item for item in roadmap(connection) if permitted(item)],
        coverage=[covered for covered in read(connection, Coverage) if covered.first <= as_of and permitted(covered)],
        judgements=[judged for judged in read(connection, Judgement) if permitted(judged)],
        ingests=[ingest for ingest in read(connection, Ingest) if permitted(ingest)],
        withheld=len(opened) - len(cases),
        unshown=len(measures) - len(shown),
    )


def marked(rows: Facts) -> Iterable[str]:
    """Markings of everything in the facts."""
    groups: tuple[Iterable[LedgerRecord], ...] = (
        rows.measures,
        rows.cases,
        rows.events,
        rows.findings.values(),
        rows.notices,
        rows.mitigations,
        rows.roadmaps,
        rows.items,
        rows.coverage,
        rows.judgements,
        rows.ingests,
    )
    return (row.marking for group in groups for row in group)


@dataclass(frozen=True, slots=True)
class _Permitted:
    """Asks the one decision for each row."""

    workspace: Workspace
    connection: sa.Connection
    as_of: datetime
    audience: str

    def __call__(self, row: LedgerRecord, responsible: str | None = None, *, subject: bool = False) -> bool:
        purpose = VIEW if self.audience == self.workspace.party else EXPORT
        decision = decide(
            local(self.workspace),
            self.audience,
            marking=row.marking,
            owner=row.party,
            purpose=PUBLISH if self.audience in AGGREGATED else purpose,
            responsible=responsible,
            community=fellows(self.connection, row.party, self.as_of.date()),
        )
        return decision.allowed and (decision.subjects or not subject)


def _known(measure: Measure) -> datetime:
    """The moment whose knowledge a figure rests on."""
    return datetime.fromisoformat(measure.detail.get("as_of", measure.end.isoformat()))


def _begun(as_of: datetime) -> sa.ColumnElement[bool]:
    return sql_table(Case).c.opened <= as_of
