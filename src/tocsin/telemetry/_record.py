"""What the ledger is told of files that were read: everything in one transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from tocsin.errors import TocsinError
from tocsin.records import Coverage, Ingest, Label, LedgerRecord, Quarantine, record_id
from tocsin.store.lake import LakeWriter
from tocsin.store.ledger import add, put, read, sql_table
from tocsin.store.together import finish_together
from tocsin.telemetry._coverage import HOURS, Day, Tally
from tocsin.telemetry._future import RELATIVE_BEFORE, without_future
from tocsin.telemetry._gauge import Gauge
from tocsin.telemetry._growth import Start, source_file
from tocsin.telemetry._rows import Batch, Reject
from tocsin.telemetry._settings import Settings
from tocsin.telemetry._summary import FileResult, State

QUARANTINE_LIMIT = 1000


@dataclass(slots=True)
class Reading:
    """A file, where reading began, and what has come of it so far.

    ``gauge`` goes over what is read; ``note`` is what is wrong with the file as a whole; ``header`` are the lines that
    the reader was given above the part that is new; ``file`` is the file on disk when all of it was read.
    """

    path: str
    reader: str
    start: Start
    tally: Tally
    gauge: Gauge = field(init=False)
    rows: int = 0
    quarantined: int = 0
    rejects: dict[int, Reject] = field(default_factory=dict)
    note: str | None = None
    left: int = 0
    file: tuple[str, int, int] | None = None

    def __post_init__(self) -> None:
        self.gauge = self.start.gauge.copy()

    def take(self, part: Batch | Reject, lake: LakeWriter, settings: Settings) -> None:
        """Keep rows; count what could not be read, and remember the first of it."""
        if isinstance(part, Reject):
            self._refuse(part)
            return
        before = self.start.known
        given = self.rows + self.quarantined + (before.rows + before.quarantined if before else 0)
        for kept in without_future(part, settings.latest, given):
            if isinstance(kept, Reject):
                self._refuse(kept)
            elif kept.rows.num_rows:
                lake.write(kept.record, kept.rows)
                # A label is said of a row that was counted already.
                if kept.record is not Label:
                    self.tally.add(kept)
                    self.rows += kept.rows.num_rows

    def flaw(self) -> str | None:
        """Why the file is of no use: nothing of it could be read. None when something was, or nothing was in it.

        Of a file that was readable before, what is new counts even when all of it is wrong.
        """
        if self.rows or self.start.known or not (self.rejects or self.note):
            return None
        if not self.rejects:
            return f"{self.note}, and with it all that could be read"
        first = next(iter(self.rejects.values()))
        where = f"line {first.line}" if first.line > 0 else f"row {-first.line}"
        return f"none of its {self.quarantined:,} lines can be read: {where}: {first.reason}"

    def _refuse(self, reject: Reject) -> None:
        """Lines are counted from the beginning of the file, wherever reading began."""
        above = self.start.gauge.header.count(b"\n")
        if 0 <= reject.line <= above and self.start.known:
            return
        if reject.line > 0:
            reject = replace(reject, line=reject.line - above + self.start.gauge.lines)
        self.quarantined += 1
        if len(self.rejects) < QUARANTINE_LIMIT:
            self.rejects.setdefault(reject.line, reject)


def ingest_id(settings: Settings, reading: Reading) -> str:
    """Id of an ingest: the same content from the same sensor has the same; what grows keeps the one it had."""
    if reading.start.known:
        return reading.start.known.id
    return record_id("ingest", reading.gauge.digest, settings.sensor)


def lake_name(settings: Settings, reading: Reading, file: tuple[str, int, int]) -> str:
    """What the files of the lake are called into which this is read: the same when the same file is read again.

    Nothing else gets this name, for it is made of all that can tell one reading from another before it is read.
    """
    known = reading.start.gauge
    which = (reading.path, *map(str, file), str(known.length), known.digest)
    return record_id("reading", settings.sensor, *which)


def record(settings: Settings, read_: Sequence[tuple[Reading, LakeWriter]]) -> list[FileResult]:
    """Make what was read count. Raises TocsinError when lake or ledger cannot be written; then nothing of it counts.

    When somebody else has read the same meanwhile, theirs counts and not this.
    """
    own = {"party": settings.workspace.party, "marking": settings.workspace.settings.marking}
    try:
        with settings.ledger.write() as connection:
            counting, results = _sorted(settings, connection, read_)
            if counting:
                told = [row for reading, _ in counting for row in _rows(settings, connection, reading, own)]
                put(connection, told)
                add(connection, finish_together([lake for _, lake in counting], **own, source=counting[0][0].path))
            return results
    except sa.exc.OperationalError as error:
        where = settings.ledger.engine.url.render_as_string(hide_password=True)
        raise TocsinError(f"the ledger cannot be written: {where}: {error.orig}; nothing of this file counts") from None


def known_as(path: str, known: Ingest) -> FileResult:
    """The result for content that an ingest has."""
    note = f"its content was read on {known.time:%Y-%m-%d} as {known.path}"
    return FileResult(path=path, state=State.ALREADY_READ, note=note, ingest=known.id, format=known.format)


def _sorted(
    settings: Settings, connection: sa.Connection, read_: Sequence[tuple[Reading, LakeWriter]]
) -> tuple[list[tuple[Reading, LakeWriter]], list[FileResult]]:
    """What is to count, and the result of each; what is not as it was when reading began does not count."""
    ids = [ingest_id(settings, reading) for reading, _ in read_]
    there = {ingest.id: ingest for ingest in read(connection, Ingest, sql_table(Ingest).c.id.in_(ids))}
    counting, results = [], []
    for ingest, (reading, lake) in zip(ids, read_, strict=True):
        lake.ingest, now = ingest, there.get(ingest)
        if now == reading.start.known:
            counting.append((reading, lake))
        results.append(_done(ingest, reading) if now == reading.start.known else _overtaken(reading, now))
    return counting, results


def _rows(
    settings: Settings, connection: sa.Connection, reading: Reading, own: dict[str, str]
) -> Iterator[LedgerRecord]:
    """All that is told of one file but where its rows lie."""
    own = own | {"source": reading.path}
    yield _ingest(settings, reading, own)
    if reading.file:
        yield source_file(settings, reading.path, reading.file, ingest_id(settings, reading))
    yield from _coverage(connection, settings, reading, own)
    yield from _quarantine(connection, ingest_id(settings, reading), reading, own)


def _overtaken(reading: Reading, now: Ingest | None) -> FileResult:
    """Somebody else has read the same file, or more of it, or has taken its beginning back."""
    if now and now.digest == reading.gauge.digest:
        return known_as(reading.path, now)
    note = "it was read or taken back by somebody else at this moment: what is left is read the next time"
    return FileResult(path=reading.path, state=State.WAITING, note=note)


def _ingest(settings: Settings, reading: Reading, own: dict[str, str]) -> Ingest:
    before = reading.start.known
    return Ingest(
        **own,
        id=ingest_id(settings, reading),
        path=reading.path,
        digest=reading.gauge.digest,
        bytes=reading.gauge.length,
        head=reading.gauge.head,
        parts=before.parts + 1 if before else 1,
        format=reading.reader,
        sensor=settings.sensor,
        rows=reading.rows + (before.rows if before else 0),
        quarantined=reading.quarantined + (before.quarantined if before else 0),
        note=reading.note,
        time=settings.workspace.now(),
    )


def _quarantine(connection: sa.Connection, ingest: str, reading: Reading, own: dict[str, str]) -> list[Quarantine]:
    """The first rows that could not be read; all parts of a file share the bound."""
    full = len(read(connection, Quarantine, ingest=ingest)) if reading.start.known else 0
    return [
        Quarantine(**own, ingest=ingest, line=reject.line, reason=reject.reason, text=reject.text)
        for reject in list(reading.rejects.values())[: max(0, QUARANTINE_LIMIT - full)]
    ]


def _coverage(connection: sa.Connection, settings: Settings, reading: Reading, own: dict[str, str]) -> list[Coverage]:
    """What was watched, together with what earlier parts of the file have shown."""
    ingest = ingest_id(settings, reading)
    before = {}
    if reading.start.known:
        before = {(c.telemetry, c.day, c.network): c for c in read(connection, Coverage, ingest=ingest)}
    return [
        _covered(
            before.get((telemetry, day, network)),
            seen,
            Coverage(
                **own,
                ingest=ingest,
                sensor=settings.sensor,
                network=network,
                day=day,
                telemetry=telemetry,
                first=seen.first,
                last=seen.last,
                rows=seen.rows,
                hours=seen.hours,
                sampling=seen.sampling,
            ),
        )
        for telemetry, day, network, seen in reading.tally.covered()
    ]


def _covered(before: Coverage | None, seen: Day, new: Coverage) -> Coverage:
    if before is None:
        return new
    return replace(
        new,
        first=min(before.first, seen.first),
        last=max(before.last, seen.last),
        rows=before.rows + seen.rows,
        hours=[a + b for a, b in zip(before.hours or [0] * HOURS, seen.hours, strict=True)],
        sampling=max(before.sampling, seen.sampling),
    )


def _done(ingest: str, reading: Reading) -> FileResult:
    days = reading.tally.days
    first = min((day.first for day in days.values()), default=None)
    relative = first is not None and first.year < RELATIVE_BEFORE
    return FileResult(
        path=reading.path,
        state=State.READ,
        note=reading.note,
        hint=f"its times begin in {first.year}: its clock looks relative, as of a replay"
        if first and relative
        else None,
        left=reading.left,
        ingest=ingest,
        format=reading.reader,
        rows=reading.rows,
        quarantined=reading.quarantined,
        first=first,
        last=max((day.last for day in days.values()), default=None),
        days=tuple(sorted({day for _, day in days})),
    )
