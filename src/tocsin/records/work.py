"""How the workspace does its work: jobs, what waits to go out, and the record of who did what."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin.records.kinds import LedgerRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(LedgerRecord):
    """One piece of work that survives a restart.

    Attributes:
        id: UUIDv5 of kind, arguments and due time
        kind: what to do
        arguments: what to do it with
        state: ``waiting``, ``running``, ``done``, ``failed`` or ``cancelled``
        progress: share done, 0 to 1
        due: when it may start, UTC
        worker: who runs it; null while nobody does
        heartbeat: when its worker last said so, UTC
    """

    id: str
    kind: str
    arguments: dict[str, Any]
    state: str
    progress: float
    due: datetime
    worker: str | None
    heartbeat: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox(LedgerRecord):
    """One thing that waits for a person's yes before it leaves.

    Attributes:
        id: UUIDv5 of what it is
        kind: ``notice`` or ``mitigation``
        recipient: id of the party it goes to
        address: where it goes; null when not known
        path: path below the workspace's outbox folder
        digest: SHA-256 of the file, hex
        state: ``awaiting_approval``, ``approved``, ``sent`` or ``withdrawn``
        written: when it was put there, UTC
    """

    id: str
    kind: str
    recipient: str
    address: str | None
    path: str
    digest: str
    state: str
    written: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit(LedgerRecord):
    """One entry of the append-only log. Each entry carries the digest of the one before it.

    Attributes:
        sequence: number of the entry, from 1
        time: when, UTC
        principal: who asked
        action: what was asked, such as ``export``
        object: what it was about, by table and id
        decision: ``allow`` or ``deny``, and why
        previous: digest of the entry before; empty for the first
        digest: SHA-256 of this entry in canonical JSON with ``previous``, hex
    """

    sequence: int
    time: datetime
    principal: str
    action: str
    object: str
    decision: str
    previous: str
    digest: str
