"""The lake: telemetry as Parquet, one folder a table, one folder a UTC day.

A file counts only when the ledger's manifest lists it. So an ingest that is killed half-way leaves nothing that
anybody reads. In a folder the files of the next attempt take the same names; on an object store what is left is a
stray, which ``tocsin doctor`` names.

What is left of a table for cases, once its day is over the time that telemetry is kept, lies in a table of its own
beside it: ``evidence_flow`` beside ``flow``. Detectors never look there, for a day of which only the infected are left
would look like another.
"""

from collections import Counter
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self, overload

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from tocsin.records import LakeDiscard, LakeFile, Record, arrow_schema, table_name
from tocsin.store.ledger import read
from tocsin.store.part import ENDING, PARTIAL, Part, begin, settle
from tocsin.store.place import Remote, place, writing

# Rows held back so that row groups are large; a day's worth of a detector's columns then decompresses in one go.
ROWS_HELD = 1 << 18
# A log with a broken clock may name thousands of days; files beyond this many are closed and begun anew.
OPEN_FILES = 64
EVIDENCE = "evidence_"


@dataclass(slots=True)
class _DayPart:
    """A file in the making, and the table and day that its rows are of."""

    telemetry: str
    day: date
    part: Part


class LakeWriter:
    """Writes one ingest's rows; nothing of it counts until the caller has put ``finish()`` into the ledger.

    ``root`` is the workspace's lake: a folder or a URL. ``name`` is what its files are called by. ``ingest`` is the id
    of the ingest, the same unless somebody sets it before ``finish()``: who reads a file knows the digest of its
    content last. ``held`` are the rows that are in no file yet, by table and day.

    Raises TocsinError when the lake cannot be written, as on a
    full disk.
    """

    def __init__(self, root: Path | str, name: str) -> None:
        self.place = place(root)
        self._name = name
        self.ingest = name
        self.held: dict[tuple[type[Record], date], list[pa.Table]] = {}
        self._rows_held = 0
        self._parts: list[_DayPart] = []
        self._numbers: Counter[str] = Counter()
        self._open: dict[tuple[type[Record], date], Part] = {}
        self._finished = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if not self._finished:
            for each in self._parts:
                each.part.abandon()

    @property
    def is_small(self) -> bool:
        """Whether none of its rows are in a file yet."""
        return not self._parts

    def write(self, record: type[Record], rows: pa.Table) -> None:
        """Append rows of a table; they have at least the columns of ``record``."""
        rows = rows.select(arrow_schema(record).names).cast(arrow_schema(record))
        days = pc.cast(rows["time"], pa.date32())
        present = [day for day in pc.unique(days).to_pylist() if day is not None]
        for day in present:
            chosen = rows if len(present) == 1 else rows.filter(pc.equal(days, pa.scalar(day)))
            self.held.setdefault((record, day), []).append(chosen)
        self._rows_held += rows.num_rows
        if self._rows_held >= ROWS_HELD:
            self._flush()

    def finish(self, party: str, marking: str, source: str) -> list[LakeFile]:
        """Give the files their names and make them durable; returns the manifest rows that make them count."""
        self._flush()
        with self._writing():
            self._close()
            settle(each.part for each in self._parts)
            self._finished = True
            return [
                LakeFile(
                    party=party,
                    marking=marking,
                    source=source,
                    path=each.part.path,
                    ingest=self.ingest,
                    telemetry=each.telemetry,
                    day=each.day,
                    rows=each.part.rows,
                    bytes=each.part.size(),
                )
                for each in self._parts
            ]

    def _flush(self) -> None:
        with self._writing():
            for (record, day), tables in self.held.items():
                self._part(record, day).write(pa.concat_tables(tables).combine_chunks())
        self.held.clear()
        self._rows_held = 0

    def _part(self, record: type[Record], day: date) -> Part:
        if (record, day) not in self._open:
            if len(self._open) >= OPEN_FILES:
                self._close()
            self._open[record, day] = self._begin(record, day)
        return self._open[record, day]

    def _begin(self, record: type[Record], day: date) -> Part:
        telemetry = table_name(record)
        folder = day_folder(telemetry, day)
        part = begin(self.place, folder, f"{self._name}-{self._numbers[folder]}", arrow_schema(record))
        self._numbers[folder] += 1
        self._parts.append(_DayPart(telemetry, day, part))
        return part

    def _close(self) -> None:
        for part in self._open.values():
            part.close()
        self._open.clear()

    def _writing(self) -> AbstractContextManager[None]:
        return writing(self.place, "nothing of this file was kept")


def day_folder(telemetry: str, day: date) -> str:
    """Folder of a table's day, below the lake's root."""
    return f"{telemetry}/day={day.isoformat()}"


@overload
def lake_files(connection: sa.Connection, root: Path, record: type[Record]) -> list[Path]: ...
@overload
def lake_files(connection: sa.Connection, root: str, record: type[Record]) -> list[Remote]: ...
def lake_files(connection: sa.Connection, root: Path | str, record: type[Record]) -> list[Path] | list[Remote]:
    """The files that count for a table, by the manifest, and what is kept of it for cases."""
    names = (table_name(record), EVIDENCE + table_name(record))
    paths = [file.path for name in names for file in read(connection, LakeFile, telemetry=name)]
    return located(root, paths)


@overload
def located(root: Path, paths: Iterable[str]) -> list[Path]: ...
@overload
def located(root: str, paths: Iterable[str]) -> list[Remote]: ...
def located(root: Path | str, paths: Iterable[str]) -> list[Path] | list[Remote]:
    """Files of the manifest as the engine reads them: in a folder by their paths, elsewhere by filesystem and path."""
    if isinstance(root, Path):
        return [root / path for path in paths]
    return [place(root).remote(path) for path in paths]


def strays(connection: sa.Connection, root: Path | str) -> list[str]:
    """Files below ``root`` that do not count: left by an ingest that was killed, or written by one at this moment.

    Files that a compaction has replaced are none: they wait to be removed.
    """
    listed = {file.path for file in read(connection, LakeFile)} | {file.path for file in read(connection, LakeDiscard)}
    return sorted(path for path in place(root).sizes() if path.endswith((ENDING, PARTIAL)) and path not in listed)


def missing(connection: sa.Connection, root: Path | str) -> list[str]:
    """Files that the manifest lists and that are not there, below ``root``."""
    there = place(root).sizes()
    return [file.path for file in read(connection, LakeFile) if file.path not in there]
