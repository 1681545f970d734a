"""The lake: telemetry as Parquet, one folder a table, one folder a UTC day.

A file counts only when the ledger's manifest lists it. So an ingest that is killed half-way leaves nothing that
anybody reads: its files have names of their own until they are whole, and then the names that the next attempt gives
them too.
"""

import os
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import sqlalchemy as sa

from tocsin.errors import TocsinError
from tocsin.records import LakeFile, Record, arrow_schema, table_name
from tocsin.store.ledger import read

# Rows held back so that row groups are large; a day's worth of a detector's columns then decompresses in one go.
ROWS_HELD = 1 << 18
# A log with a broken clock may name thousands of days; files beyond this many are closed and begun anew.
OPEN_FILES = 64
PARTIAL = ".partial"


@dataclass(slots=True)
class _Part:
    """One Parquet file in the making, and the name that it gets when it is whole."""

    telemetry: str
    day: date
    path: Path
    partial: Path
    writer: pq.ParquetWriter
    rows: int = 0


class LakeWriter:
    """Writes one ingest's rows; nothing of it counts until the caller has put ``finish()`` into the ledger.

    ``name`` is what its files are called by. ``ingest`` is the id of the ingest, the same unless somebody sets it
    before ``finish()``: who reads a file knows the digest of its content last.

    Raises TocsinError when the lake cannot be written, as on a full disk.
    """

    def __init__(self, root: Path, name: str) -> None:
        self._root = root
        self._name = name
        self.ingest = name
        self._held: dict[tuple[type[Record], date], list[pa.Table]] = {}
        self._rows_held = 0
        self._parts: list[_Part] = []
        self._numbers: Counter[Path] = Counter()
        self._open: dict[tuple[type[Record], date], _Part] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for part in self._parts:
            _abandon(part)

    def write(self, record: type[Record], rows: pa.Table) -> None:
        """Append rows of a table; they have at least the columns of ``record``."""
        rows = rows.select(arrow_schema(record).names).cast(arrow_schema(record))
        days = pc.cast(rows["time"], pa.date32())
        present = [day for day in pc.unique(days).to_pylist() if day is not None]
        for day in present:
            chosen = rows if len(present) == 1 else rows.filter(pc.equal(days, pa.scalar(day)))
            self._held.setdefault((record, day), []).append(chosen)
        self._rows_held += rows.num_rows
        if self._rows_held >= ROWS_HELD:
            self._flush()

    def finish(self, party: str, marking: str, source: str) -> list[LakeFile]:
        """Give the files their names and make them durable; returns the manifest rows that make them count."""
        self._flush()
        with _clearly(self._root):
            self._close()
            for part in self._parts:
                part.partial.replace(part.path)
            days = {part.path.parent for part in self._parts}
            for folder in days | {day.parent for day in days} | {self._root}:
                _sync(folder)
        return [
            LakeFile(
                party=party,
                marking=marking,
                source=source,
                path=part.path.relative_to(self._root).as_posix(),
                ingest=self.ingest,
                telemetry=part.telemetry,
                day=part.day,
                rows=part.rows,
                bytes=part.path.stat().st_size,
            )
            for part in self._parts
        ]

    def _flush(self) -> None:
        with _clearly(self._root):
            for (record, day), tables in self._held.items():
                rows = pa.concat_tables(tables).combine_chunks()
                part = self._part(record, day)
                part.writer.write_table(rows)
                part.rows += rows.num_rows
        self._held.clear()
        self._rows_held = 0

    def _part(self, record: type[Record], day: date) -> _Part:
        if (record, day) not in self._open:
            if len(self._open) >= OPEN_FILES:
                self._close()
            self._open[record, day] = self._begin(record, day)
        return self._open[record, day]

    def _begin(self, record: type[Record], day: date) -> _Part:
        telemetry = table_name(record)
        folder = self._root / telemetry / f"day={day.isoformat()}"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self._name}-{self._numbers[folder]}.parquet"
        self._numbers[folder] += 1
        partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}{PARTIAL}")
        writer = pq.ParquetWriter(partial, arrow_schema(record), compression="zstd")
        part = _Part(telemetry, day, path, partial, writer)
        self._parts.append(part)
        return part

    def _close(self) -> None:
        for part in self._open.values():
            part.writer.close()
            _sync(part.partial)
        self._open.clear()


def lake_files(connection: sa.Connection, root: Path, record: type[Record]) -> list[Path]:
    """Paths of the files that count for a table, by the manifest."""
    return [root / file.path for file in read(connection, LakeFile, telemetry=table_name(record))]


def strays(connection: sa.Connection, root: Path) -> list[Path]:
    """Files below ``root`` that do not count: left by an ingest that was killed, or written by one at this moment."""
    listed = {root / file.path for file in read(connection, LakeFile)}
    found = (path for ending in (".parquet", PARTIAL) for path in root.glob(f"*/day=*/*{ending}"))
    return sorted(path for path in found if path not in listed)


def missing(connection: sa.Connection, root: Path) -> list[Path]:
    """Files that the manifest lists and that are not there."""
    return _absent(root / file.path for file in read(connection, LakeFile))


def _absent(paths: Iterable[Path]) -> list[Path]:
    return [path for path in paths if not path.exists()]


@contextmanager
def _clearly(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise TocsinError(f"the lake cannot be written: {root}: {reason}; nothing of this file was kept") from None


def _abandon(part: _Part) -> None:
    """Close and remove a file that has not got its name; a full disk may refuse to have it closed."""
    with suppress(OSError):
        part.writer.close()
    part.partial.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Have the disk hold a file or folder before the ledger says that it is there."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
