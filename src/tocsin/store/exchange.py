"""Files of the lake are put in the place of others, in one transaction: all of it counts, or nothing.

Compacting, undoing, expiring and erasing all write new files first and exchange them then. A file is never changed, so
whoever finds that the files which it has rewritten still count has rewritten what counts.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from tocsin.errors import Unreachable
from tocsin.records import LakeDiscard, LakeFile, LakeShare, LedgerRecord, record_id
from tocsin.store.lake import ROWS_HELD, day_folder
from tocsin.store.ledger import Ledger, add, put, remove
from tocsin.store.part import Part, begin, settle
from tocsin.store.place import Place, writing
from tocsin.store.reading import Mask, Vanished, opened, tables
from tocsin.store.sweep import sweep
from tocsin.workspace import Workspace

INGEST = "ingest"  # the column that says, in a file of several ingests, whose a row is
UNCHANGED = "nothing of the lake was changed"

# The columns by which rows are chosen; they are read alone first, for most files have no row to choose.
DECIDING = (
    *("time", "initiator", "initiator_port", "responder", "responder_port"),
    *("address", "port_low", "port_high", "subscriber", "until"),
    *("host", "peer", "last", INGEST),
)

# Which rows of a table are to stay: one boolean a row, by the columns above.
Keep = Callable[[pa.Table], Mask]


# A compaction may come between; who comes between more often is no accident.
ATTEMPTS = 5
Result = TypeVar("Result")


class Overtaken(Exception):
    """Another process has put other files in the place of those that were rewritten."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """A file that is written and does not count yet. ``shares`` are rows by ingest where it holds those of several."""

    part: Part
    file: LakeFile
    shares: Counter[str] = field(default_factory=Counter)

    def listed(self) -> list[LedgerRecord]:
        """The rows of the ledger that make it count, once it is settled."""
        own = {"party": self.file.party, "marking": self.file.marking, "source": self.file.source}
        file = replace(self.file, path=self.part.path, rows=self.part.rows, bytes=self.part.size())
        shares = sorted(self.shares.items())
        return [file, *(LakeShare(**own, path=file.path, ingest=ingest, rows=rows) for ingest, rows in shares)]


@dataclass(frozen=True, slots=True)
class Thinned:
    """A file, how many of its rows go, and the file with the others; None where no other is left."""

    file: LakeFile
    gone: int
    fresh: Fresh | None


def exchange(connection: sa.Connection, old: Sequence[LakeFile], new: Sequence[Fresh], now: datetime) -> None:
    """Let ``new`` count in the place of ``old``. Raises Overtaken when one of ``old`` counts no longer."""
    for file in old:
        if remove(connection, LakeFile, path=file.path) != 1:
            raise Overtaken
        remove(connection, LakeShare, path=file.path)
    settle(fresh.part for fresh in new)
    add(connection, (row for fresh in new for row in fresh.listed()))
    for fresh in new:
        remove(connection, LakeDiscard, path=fresh.part.path)
    own = [(file.path, {"party": file.party, "marking": file.marking, "source": file.source}) for file in old]
    put(connection, [LakeDiscard(**kept, path=path, since=now) for path, kept in own])


def rework(
    workspace: Workspace,
    ledger: Ledger,
    choose: Callable[[sa.Connection], list[LakeFile]],
    thin: Callable[[list[LakeFile]], Iterator[Thinned]],
    finish: Callable[[sa.Connection, list[Thinned]], Result],
) -> Result:
    """Take rows out of the files that ``choose`` names, and have ``finish`` tell the ledger in the same transaction.

    The new files are written before the transaction, which does not last longer than it takes to list them. When the
    files that count are others by then, all is done anew. What no longer counts is removed at once, with what former
    compactions have left. Raises Unreachable when other processes come between again and again.
    """
    for _ in range(ATTEMPTS):
        with ledger.look() as connection:
            files = choose(connection)
        done: list[Thinned] = []
        try:
            for each in thin(files):
                done.append(each)  # noqa: PERF402  (what was written is known when the next one fails)
        except BaseException as error:
            abandon(each.fresh for each in done)
            if isinstance(error, Vanished) and _changed(ledger, choose, files):
                continue
            raise
        try:
            with ledger.write() as connection:
                if choose(connection) != files:
                    raise Overtaken
                new = [each.fresh for each in done if each.fresh]
                exchange(connection, [each.file for each in done], new, workspace.now())
                result = finish(connection, done)
        except Overtaken:
            abandon(each.fresh for each in done)
            continue
        sweep(workspace, ledger, workspace.now())
        return result
    raise Unreachable(f"{UNCHANGED}: other processes change it all the time: try again later")


def abandon(new: Iterable[Fresh | None]) -> None:
    """Remove files that will not count."""
    for fresh in new:
        if fresh is not None:
            fresh.part.abandon()


def thinned(place: Place, file: LakeFile, keep: Keep, telemetry: str | None = None) -> Thinned | None:
    """Write a file anew with the rows that ``keep`` chooses; as part of another table if ``telemetry`` names one.

    None when all rows stay where they are. Raises TocsinError when the lake cannot be read or written.
    """
    with opened(place, file) as parquet:
        left = sum(int(keep(rows).sum()) for rows in tables(parquet, DECIDING))
        if left == file.rows and telemetry in (None, file.telemetry):
            return None
        after = replace(file, telemetry=telemetry or file.telemetry)
        if not left:
            return Thinned(file, file.rows, None)
        name = record_id("lake_file", after.telemetry, file.path, str(left))
        fresh = Fresh(_begin(place, after, name, parquet.schema_arrow), after)
        with _whole([fresh]), writing(place, UNCHANGED):
            for rows in tables(parquet):
                _append(fresh, rows.filter(pa.array(keep(rows))))
            fresh.part.close()
    return Thinned(file, file.rows - left, fresh)


def _changed(ledger: Ledger, choose: Callable[[sa.Connection], list[LakeFile]], files: list[LakeFile]) -> bool:
    with ledger.look() as connection:
        return choose(connection) != files


def losing(place: Place, file: LakeFile, keep: Keep) -> int:
    """How many rows of a file ``keep`` does not choose."""
    with opened(place, file) as parquet:
        return file.rows - sum(int(keep(rows).sum()) for rows in tables(parquet, DECIDING))


def merged(place: Place, files: Sequence[LakeFile], source: str) -> Fresh:
    """Write files of one table and day as one, sorted by time, each row with the ingest that it came by.

    All rows are held in memory at once. Raises TocsinError when the lake cannot be read or written.
    """
    parts = []
    for file in files:
        with opened(place, file) as parquet:
            rows = parquet.read()
        if INGEST not in rows.column_names:
            rows = rows.append_column(INGEST, pa.repeat(file.ingest, rows.num_rows))
        parts.append(rows)
    together = pa.concat_tables(parts)
    del parts
    together = together.take(pc.sort_indices(together["time"]))
    identity = record_id("compaction", *(file.path for file in files))
    after = replace(files[0], ingest=identity, source=source)
    fresh = Fresh(_begin(place, after, identity, together.schema), after)
    with _whole([fresh]), writing(place, UNCHANGED):
        _append(fresh, together)
        fresh.part.close()
    return fresh


def _begin(place: Place, file: LakeFile, name: str, schema: pa.Schema) -> Part:
    with writing(place, UNCHANGED):
        return begin(place, day_folder(file.telemetry, file.day), name, schema)


def _append(fresh: Fresh, rows: pa.Table) -> None:
    if not rows.num_rows:
        return
    fresh.part.write(rows, ROWS_HELD)
    if INGEST in rows.column_names:
        counts = rows.group_by(INGEST).aggregate([([], "count_all")])
        fresh.shares.update({row[INGEST]: row["count_all"] for row in counts.to_pylist()})


@contextmanager
def _whole(new: Sequence[Fresh]) -> Iterator[None]:
    """What is interrupted leaves no file behind."""
    try:
        yield
    except BaseException:
        abandon(new)
        raise
