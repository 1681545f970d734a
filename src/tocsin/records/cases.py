"""One subject's problem from first sight to its end: the case, its history, what was told and what was blocked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from tocsin.records.evidence import Subject
from tocsin.records.kinds import LedgerRecord


class Responsible(TypedDict):
    """Who must act on a case.

    ``party`` is null when nobody is known; ``how`` says how it was found; ``as_of`` is the day from which that
    is known, null when not known; ``alternatives`` are the parties that would answer otherwise, nearest first.
    """

    party: str | None
    how: str
    as_of: str | None
    alternatives: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(LedgerRecord):
    """One subject's problem and the party responsible for it.

    Attributes:
        id: UUIDv5 of party, subject and the day of the first finding
        subject: what it is about, as {kind, value}
        responsible: who must act, as {party, how, as_of, alternatives}
        state: ``open``, ``notified``, ``acknowledged``, ``claimed``, ``verified_clean``, ``false_positive``,
            ``expired`` or ``referred``
        severity: 0 to 100: the highest confidence of its findings
        opened: first evidence, UTC
        last_seen: last evidence, UTC
        behaviours: behaviours seen so far, sorted
        findings: ids of its findings, by day
        sightings: ids of its sightings
    """

    id: str
    subject: Subject
    responsible: Responsible
    state: str
    severity: int
    opened: datetime
    last_seen: datetime
    behaviours: list[str]
    findings: list[str]
    sightings: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent(LedgerRecord):
    """One thing that happened to a case.

    Attributes:
        case: id of the case
        sequence: number of the event in the history of its case, from 1
        time: when, UTC
        event: name of the event, such as ``found``, ``notify``, ``acknowledge``
        state: state of the case after it
        actor: who did it
        note: what was said; null when nothing was
    """

    case: str
    sequence: int
    time: datetime
    event: str
    state: str
    actor: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(LedgerRecord):
    """What is told to whom about a case.

    Attributes:
        id: UUIDv5 of case, kind and recipient
        case: id of the case
        kind: name of the notice unit, such as ``xarf``
        recipient: id of the party that is told
        address: mail address it goes to; null when none is known
        state: ``awaiting_approval``, ``sent``, ``acknowledged`` or ``failed``
        outbox: id of the outbox entry that holds it
        written: when it was written, UTC
        sent: when it left, UTC; null while it has not
    """

    id: str
    case: str
    kind: str
    recipient: str
    address: str | None
    state: str
    outbox: str
    written: datetime
    sent: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mitigation(LedgerRecord):
    """A block or filter that a case asks for.

    Attributes:
        id: UUIDv5 of case, kind and target
        case: id of the case
        kind: name of the mitigation unit, such as ``nftables``
        target: what is blocked, as {address, port, proto, name}
        owner: id of the party that answers for it
        reason: why, in one sentence
        state: ``proposed``, ``active`` or ``ended``
        written: when it was proposed, UTC
        until: when it ends, UTC
    """

    id: str
    case: str
    kind: str
    target: dict[str, Any]
    owner: str
    reason: str
    state: str
    written: datetime
    until: datetime
