"""Many small files of one table and day become few large ones: a file costs every query an opening and a footer.

The rows of a large file are sorted by time and keep the id of the ingest that they came by in a column of their own,
so that an ingest can be taken back afterwards as well. Who reads the small files meanwhile goes on reading: they are
removed a while later.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from tocsin.records import SUM_TABLES, LakeFile, table_name
from tocsin.store.exchange import Fresh, Overtaken, abandon, exchange, merged
from tocsin.store.ledger import Ledger, one, read
from tocsin.store.place import Place, place
from tocsin.store.reading import Vanished, first_time
from tocsin.store.sweep import sweep
from tocsin.workspace import Workspace

SOURCE = "lake compact"
# Rows of a large file: they are sorted in memory, where a million flows take about half a gigabyte.
ROWS_TOGETHER = 1 << 20
# A file of at least half as many stays as it is, so that no row is written over and over.
SMALL = ROWS_TOGETHER // 2
SUMS = frozenset(table_name(record) for record in SUM_TABLES)
# A detection of a day that began before is over by then.
GRACE = timedelta(hours=1)

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Compacted:
    """What one compaction did: files before and after, by those that it touched, and the files that were removed.

    ``overtaken`` are groups of files that another process changed meanwhile; they are left for the next time.
    """

    before: int
    after: int
    rows: int
    overtaken: int
    swept: int


def compact(
    workspace: Workspace,
    ledger: Ledger,
    grace: timedelta = GRACE,
    progress: Progress = lambda _done, _total: None,
) -> Compacted:
    """Put small files together, and remove those that were replaced more than ``grace`` ago.

    Doing it again changes nothing. Raises TocsinError when the lake cannot be read or written; the groups of files that
    were done by then stay done.
    """
    swept = sweep(workspace, ledger, workspace.now() - grace)
    where = place(workspace.lake)
    with ledger.look() as connection:
        wanted = list(groups(where, [file for file in read(connection, LakeFile) if small(file)]))
    before = after = rows = overtaken = 0
    for number, files in enumerate(wanted):
        progress(number, len(wanted))
        fresh = _compact(workspace, ledger, where, files)
        if fresh is None:
            overtaken += 1
            continue
        before, after, rows = before + len(files), after + 1, rows + fresh.part.rows
    return Compacted(before, after, rows, overtaken, swept)


def _compact(workspace: Workspace, ledger: Ledger, where: Place, files: list[LakeFile]) -> Fresh | None:
    """Put files together; None when another process changed one of them meanwhile."""
    try:
        fresh = merged(where, files, SOURCE)
    except Vanished:
        with ledger.look() as connection:
            if all(one(connection, LakeFile, path=file.path) for file in files):
                raise
        return None
    try:
        with ledger.write() as connection:
            exchange(connection, files, [fresh], workspace.now())
    except Overtaken:
        abandon([fresh])
        return None
    return fresh


def small(file: LakeFile) -> bool:
    """Whether a file is worth putting together with others. Sums of a day are written whole, and often anew."""
    return file.rows < SMALL and file.telemetry not in SUMS


def groups(where: Place, files: Iterable[LakeFile]) -> Iterator[list[LakeFile]]:
    """Files that become one: of one table, day, party and marking, and one after the other in time."""
    for _, of_day in groupby(sorted(files, key=_together), key=_together):
        small_ones = list(of_day)
        if len(small_ones) > 1:
            yield from _filled(sorted(small_ones, key=lambda file: (_first(where, file), file.path)))


def _first(where: Place, file: LakeFile) -> datetime:
    try:
        return first_time(where, file)
    except Vanished:
        return datetime.combine(file.day, time.min)


def _together(file: LakeFile) -> tuple[str, date, str, str]:
    return file.telemetry, file.day, file.party, file.marking


def _filled(files: Sequence[LakeFile]) -> Iterator[list[LakeFile]]:
    """Cut a sequence of files where their rows would be too many for one; a single file is none to put together."""
    group: list[LakeFile] = []
    rows = 0
    for file in files:
        if group and rows + file.rows > ROWS_TOGETHER:
            if len(group) > 1:
                yield group
            group, rows = [], 0
        group.append(file)
        rows += file.rows
    if len(group) > 1:
        yield group
