"""A book of rows for measures: parties, counts, coverage, findings, cases, notices, each written in one line."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tocsin.programme import measure
from tocsin.records import (
    Case,
    CaseEvent,
    Coverage,
    Finding,
    LedgerRecord,
    Measure,
    Network,
    Notice,
    Party,
    SubscriberCount,
    record_id,
)
from tocsin.store.ledger import Ledger, put
from tocsin.workspace import Workspace


def utc(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A time in December 2018."""
    return datetime(2018, 12, day, hour, minute, tzinfo=UTC)


@dataclass
class Book:
    """Rows to be put into a ledger, and what the measures make of them."""

    workspace: Workspace
    ledger: Ledger
    rows: list[LedgerRecord] = field(default_factory=list)

    @property
    def kept(self) -> dict[str, Any]:
        return {"party": self.workspace.party, "marking": "TLP:AMBER", "source": "test"}

    def party(self, name: str, prefix: str, joined: date = date(2018, 1, 1), left: date | None = None) -> None:
        self.rows += [
            Party(
                id=name,
                name=name,
                role="member",
                sector=None,
                segments=[],
                country=None,
                joined=joined,
                left=left,
                **self.kept,
            ),
            Network(holder=name, prefix=prefix, asn=None, since=date(2018, 1, 1), until=None, **self.kept),
        ]

    def count(self, holder: str, subscribers: int, day: date = date(2018, 1, 1)) -> None:
        self.rows.append(SubscriberCount(holder=holder, day=day, subscribers=subscribers, **self.kept))

    def watch(self, network: str, *days: int, sensor: str = "edge", first: datetime | None = None) -> None:
        self.rows += [
            Coverage(
                ingest="i", sensor=sensor, network=network, day=date(2018, 12, day), telemetry="flow",
                first=first or utc(day), last=utc(day, 23, 59), rows=1, sampling=1, hours=[], **self.kept,
            )
            for day in days
        ]  # fmt: skip

    def finding(
        self,
        host: str,
        first: datetime,
        behaviour: str = "c2_beacon",
        last: datetime | None = None,
        hidden: str | None = None,
    ) -> str:
        id_ = record_id("finding", host, behaviour, first.isoformat())
        self.rows.append(
            Finding(
                id=id_, subject={"kind": "host", "value": host}, host=host, behaviour=behaviour, technique=None,
                day=first.date(), score=0.9, confidence=90, first_seen=first, last_seen=last or first, peers=[],
                evidence=[], explanation="", detector="test", suppressed_by=hidden, sides=[], **self.kept,
            )
        )  # fmt: skip
        return id_

    def case(
        self,
        host: str,
        party: str | None,
        *findings: str,
        opened: datetime | None = None,
        state: str = "open",
        kind: str = "host",
    ) -> str:
        id_ = record_id("case", host, str(opened))
        self.rows.append(
            Case(
                id=id_, subject={"kind": kind, "value": host},
                responsible={"party": party, "how": "", "as_of": None, "alternatives": []}, state=state, severity=90,
                opened=opened or utc(1), last_seen=opened or utc(1), behaviours=[], findings=list(findings),
                sightings=[], **self.kept,
            )
        )  # fmt: skip
        return id_

    def infected(self, host: str, party: str | None, first: datetime) -> str:
        """A case of one beacon that began then."""
        return self.case(host, party, self.finding(host, first), opened=first)

    def event(self, case: str, time: datetime, state: str) -> None:
        past = sum(isinstance(row, CaseEvent) and row.case == case for row in self.rows)
        self.rows.append(
            CaseEvent(
                case=case,
                sequence=past + 1,
                time=time,
                event="judged",
                state=state,
                actor="analyst",
                note=None,
                **self.kept,
            )
        )

    def notice(self, case: str, sent: datetime | None, kind: str = "xarf") -> None:
        self.rows.append(
            Notice(
                id=record_id("notice", case, kind), case=case, kind=kind, recipient="x", address=None, state="sent",
                outbox="o", written=sent or utc(1), sent=sent, **self.kept,
            )
        )  # fmt: skip

    def measure(self, name: str, start: datetime, end: datetime, as_of: datetime | None = None) -> dict[str, Measure]:
        """Figures of one measure by scope, of the rows written so far."""
        with self.ledger.write() as connection:
            put(connection, self.rows)
            figures = measure(connection, self.workspace, start, end, as_of)
        return {figure.scope: figure for figure in figures if figure.name == name}


@pytest.fixture
def book(workspace: Workspace, ledger: Ledger) -> Book:
    """An empty book on the workspace of operator and member."""
    return Book(workspace, ledger)
