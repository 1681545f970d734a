"""What was read, where it lies, what could not be read, and what was covered. These tables lie in the ledger."""

from dataclasses import dataclass
from datetime import date, datetime

from tocsin.records.kinds import LedgerRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingest(LedgerRecord):
    """One file that was read into the lake. The same file is never read twice.

    Attributes:
        id: UUIDv5 of the content's digest and the sensor
        path: where the file lay
        digest: SHA-256 of the file's bytes, hex
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
        line: line in the file, from 1
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
        sampling: 1 in how many packets was looked at
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
