"""What was read, where it lies, what could not be read, and what was covered. These tables lie in the ledger."""

from dataclasses import dataclass, field
from datetime import date, datetime

from tocsin.records.kinds import LedgerRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingest(LedgerRecord):
    """One file that was read into the lake. The same content is never read twice, however it is packed or named.

    A log that grows is read in parts, and all its parts are one ingest: its id stays, its numbers grow.

    Attributes:
        id: UUIDv5 of the sensor and of the digest of the content as it was first read
        path: where the file lay when it was last read
        digest: SHA-256 of the content that was read, unpacked, hex
        bytes: length of that content, unpacked
        head: length and SHA-256 of its beginning, by which content that goes on from it is found; null for what was
            read before lengths were kept
        parts: in how many parts it was read
        format: name of the reader
        sensor: name of the sensor
        rows: telemetry rows that were kept
        quarantined: rows that could not be read
        note: what was wrong with the file as a whole, such as an end cut off; null when nothing was
        time: when it was read, UTC
    """

    id: str
    path: str
    digest: str
    format: str
    sensor: str
    rows: int
    quarantined: int
    note: str | None
    time: datetime
    bytes: int = 0
    head: str | None = None
    parts: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile(LedgerRecord):
    """A file on disk as it was when it was read; while it is the same, it is not even opened again.

    Attributes:
        path: where it lies
        sensor: name of the sensor
        identity: device and inode
        size: bytes on disk
        modified: when it was last written, nanoseconds since 1970 by the clock of its file system
        ingest: id of the ingest that its content belongs to
    """

    path: str
    sensor: str
    identity: str
    size: int
    modified: int
    ingest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LakeFile(LedgerRecord):
    """The lake's manifest: a Parquet file counts only when it is listed here.

    Attributes:
        path: path below the lake's root
        ingest: id of the ingest that wrote it, or of the compaction that put several together
        telemetry: name of the telemetry table; with ``evidence_`` before it, what is left of a day for its cases
        day: UTC day of its rows
        rows: number of rows
        bytes: size of the file
    """

    path: str
    ingest: str
    telemetry: str
    day: date
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LakeShare(LedgerRecord):
    """How many rows of one ingest lie in a file of the lake that holds those of several, after ``lake compact``.

    Attributes:
        path: path below the lake's root
        ingest: id of the ingest
        rows: number of its rows in the file
    """

    path: str
    ingest: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LakeDiscard(LedgerRecord):
    """A file of the lake that counts no longer and waits to be removed, lest somebody still reads it.

    Attributes:
        path: path below the lake's root
        since: when it ceased to count, UTC
    """

    path: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal(LedgerRecord):
    """That rows were taken out of the lake: how many, of which table and day, when and why. The rows are gone.

    Attributes:
        id: UUIDv5 of time, kind, subject matter, table and day
        time: when, UTC
        kind: ``undo``, ``expire`` or ``erase``
        about: for an undo the id of the ingest, for an expiry the class of data, for an erasure a salted
            scrypt digest of whom the rows were about, which confirms a name and is costly to guess
        telemetry: name of the table
        day: UTC day of the rows
        files: files of the lake that were concerned
        rows: number of rows
        reason: the setting or the request that asked for it
    """

    id: str
    time: datetime
    kind: str
    about: str
    telemetry: str
    day: date
    files: int
    rows: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine(LedgerRecord):
    """One row that could not be read.

    Attributes:
        ingest: id of the ingest
        line: line in the file, from 1; below 0 the number of the row, from -1, where only that is known
        reason: what is wrong with it
        text: its beginning, at most 200 characters
    """

    ingest: str
    line: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage(LedgerRecord):
    """That a sensor watched a network on a day. Days without a row were not watched.

    Attributes:
        ingest: id of the ingest that shows it
        sensor: name of the sensor
        network: the prefix that was watched
        day: UTC day
        telemetry: name of the telemetry table
        first: first moment seen on that day, UTC
        last: last moment seen on that day, UTC
        rows: rows seen on that day
        hours: rows that began in each hour of the day, 24 numbers; none for what was read before they were counted
        sampling: 1 in how many packets was looked at, at its coarsest
    """

    ingest: str
    sensor: str
    network: str
    day: date
    telemetry: str
    first: datetime
    last: datetime
    rows: int
    sampling: int
    hours: list[int] = field(default_factory=list)
