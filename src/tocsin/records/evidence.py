"""What was found, what others report, what is looked for, and what is hidden again."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypedDict

from tocsin.records.kinds import LedgerRecord


class Subject(TypedDict):
    """What a finding or a case is about: ``kind`` is host, subscriber, infrastructure or sensor."""

    kind: str
    value: str


class Peer(TypedDict):
    """The other side of a behaviour. One of ``address`` and ``name`` may be null, when only the other is known."""

    address: str | None
    port: int | None
    proto: str
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding(LedgerRecord):
    """One behaviour of one subject on one UTC day, seen by one party.

    Attributes:
        id: UUIDv5 of party, subject, behaviour and UTC day
        subject: what it is about, as {kind, value}
        host: address of the subject; null when it has none
        behaviour: what was seen, by the name of its detector, such as ``c2_beacon``
        technique: MITRE ATT&CK technique id; null where none fits
        day: UTC day
        score: how strong the evidence is, 0 to 1
        confidence: the same as STIX writes it, 0 to 100
        first_seen: first evidence on that day, UTC
        last_seen: last evidence on that day, UTC
        peers: the other sides, each {address, port, proto, name}, strongest first; those that a rule hides are left
            out, unless all are hidden
        evidence: the numbers that decided, with units in the key names, one entry a peer in the same order
        explanation: one or two sentences that a customer can read
        detector: name and version of the detector
        suppressed_by: id of the rule that hides it; null while it shows
        sides: what the detector said of each peer, hidden ones too, strongest first, each with the ``rule`` that
            hides it or null; for this party's own use, so that what was hidden can be shown again
    """

    id: str
    subject: Subject
    host: str | None
    behaviour: str
    technique: str | None
    day: date
    score: float
    confidence: int
    first_seen: datetime
    last_seen: datetime
    peers: list[Peer]
    evidence: list[dict[str, Any]]
    explanation: str
    detector: str
    suppressed_by: str | None
    sides: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate(LedgerRecord):
    """A finding in the making: evidence that is too weak to be reported by itself, kept for others to confirm.

    Attributes:
        id: UUIDv5 of party, subject, behaviour and UTC day
        subject: what it is about, as {kind, value}
        behaviour: what was seen, by the name of its detector
        day: UTC day
        score: how strong the evidence is, 0 to 1; below that of every finding
        peers: the other sides, each {address, port, proto, name}, strongest first
        evidence: the numbers that decided, with units in the key names, one entry a peer in the same order
        detector: name and version of the detector
    """

    id: str
    subject: Subject
    behaviour: str
    day: date
    score: float
    peers: list[Peer]
    evidence: list[dict[str, Any]]
    detector: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement(LedgerRecord):
    """That a detector ran over a sensor's day, and whether it could judge what it saw there.

    Attributes:
        detector: name of the detector
        sensor: name of the sensor
        day: UTC day
        able: whether the day could be judged
        reason: why it could not be; null when it could
    """

    detector: str
    sensor: str
    day: date
    able: bool
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked(LedgerRecord):
    """That a detector or daily summary has done a day, and what that rests on: until it changes, once is enough.

    Attributes:
        detector: name of the detector or summary
        day: UTC day
        basis: SHA-256 of what it rests on, hex: its own code, the files of the lake, the local networks
    """

    detector: str
    day: date
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting(LedgerRecord):
    """What another party reports that it saw.

    Attributes:
        id: UUIDv5 of what was reported
        reporter: id or name of the party that reports
        subject: what it is about, as {kind, value}
        behaviour: the behaviour it amounts to, by our names
        first_seen: start of the observation, UTC
        last_seen: end of the observation, UTC
        port: source port, needed behind shared addresses
        confidence: 0 to 100, as the reporter gives it
        received: when it came in, UTC
    """

    id: str
    reporter: str
    subject: Subject
    behaviour: str
    first_seen: datetime
    last_seen: datetime
    port: int | None
    confidence: int | None
    received: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator(LedgerRecord):
    """A pattern to look for.

    Attributes:
        id: UUIDv5 of kind, value and source
        kind: ``address``, ``name``, ``url``, ``ja3``, ``ja4`` or ``certificate_sha256``
        value: the pattern
        confidence: 0 to 100
        valid_from: from when on it holds, UTC
        valid_until: until when, UTC; null when open
    """

    id: str
    kind: str
    value: str
    confidence: int | None
    valid_from: datetime
    valid_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(LedgerRecord):
    """Hides findings, reversibly and counted. A row with the id of a rule that ships with Tocsin stands for that.

    Attributes:
        id: short name
        matches: what it hides, each optional, and all must hold: ``behaviours``; ``subjects`` (networks, parties,
            sensors); ``peers`` (networks); ``ports`` (``443/tcp``); ``names`` (``*.example.net``). ``scanner`` is true
            for hosts that are known to scan
        reason: why
        owner: who answers for it
        until: last day; null when open
        removed: day on which it was switched off; null while it holds
    """

    id: str
    matches: dict[str, Any]
    reason: str
    owner: str
    until: date | None
    removed: date | None = None
