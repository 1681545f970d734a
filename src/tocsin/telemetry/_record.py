"""What the ledger is told of a file that was read: everything in one transaction."""

from dataclasses import dataclass, field

import sqlalchemy as sa

from tocsin.errors import TocsinError
from tocsin.records import Coverage, Ingest, Label, Quarantine, record_id
from tocsin.store.lake import LakeWriter
from tocsin.store.ledger import add, one
from tocsin.telemetry._coverage import Tally
from tocsin.telemetry._rows import Batch, Reject
from tocsin.telemetry._settings import Settings
from tocsin.telemetry._summary import FileResult, State

QUARANTINE_LIMIT = 1000


@dataclass(slots=True)
class Reading:
    """A file, and what has come of it so far. ``note`` is what is wrong with it as a whole."""

    path: str
    digest: str
    reader: str
    tally: Tally
    rows: int = 0
    quarantined: int = 0
    rejects: list[Reject] = field(default_factory=list)
    note: str | None = None

    def take(self, part: Batch | Reject, lake: LakeWriter) -> None:
        """Keep rows; count the lines that could not be read, and remember the first of them."""
        if isinstance(part, Batch):
            lake.write(part.record, part.rows)
            # A label is said of a row that was counted already.
            if part.record is not Label:
                self.tally.add(part)
                self.rows += part.rows.num_rows
            return
        self.quarantined += 1
        if len(self.rejects) < QUARANTINE_LIMIT:
            self.rejects.append(part)

    def flaw(self) -> str | None:
        """Why the file is of no use: nothing of it could be read. None when something was, or nothing was in it."""
        if self.rows or not (self.rejects or self.note):
            return None
        if not self.rejects:
            return f"{self.note}, and with it all that could be read"
        first = self.rejects[0]
        return f"none of its {self.quarantined:,} lines can be read: line {first.line}: {first.reason}"


def ingest_id(settings: Settings, digest: str) -> str:
    """Id of an ingest: the same content from the same sensor has the same."""
    return record_id("ingest", digest, settings.sensor)


def already_read(settings: Settings, path: str, digest: str) -> FileResult | None:
    """The result for content that the ledger knows; None when it does not."""
    with settings.ledger.look() as connection:
        return _known(connection, path, ingest_id(settings, digest))


def record(settings: Settings, reading: Reading, lake: LakeWriter) -> FileResult:
    """Make what was read count. Raises TocsinError when the ledger cannot be written.

    When another process has read the same file meanwhile, its rows count and not these.
    """
    ingest = ingest_id(settings, reading.digest)
    own = {
        "party": settings.workspace.party,
        "marking": settings.workspace.settings.marking,
        "source": reading.path,
    }
    rows = [_ingest(settings, reading, own), *_quarantine(ingest, reading, own), *_coverage(settings, reading, own)]
    try:
        with settings.ledger.write() as connection:
            if known := _known(connection, reading.path, ingest):
                return known
            add(connection, [*rows, *lake.finish(**own)])
    except sa.exc.OperationalError as error:
        where = settings.ledger.engine.url.render_as_string(hide_password=True)
        raise TocsinError(f"the ledger cannot be written: {where}: {error.orig}; nothing of this file counts") from None
    return _done(ingest, reading)


def _known(connection: sa.Connection, path: str, ingest: str) -> FileResult | None:
    known = one(connection, Ingest, id=ingest)
    if known is None:
        return None
    note = f"its content was read on {known.time:%Y-%m-%d} as {known.path}"
    return FileResult(path=path, state=State.ALREADY_READ, note=note, ingest=ingest, format=known.format)


def _ingest(settings: Settings, reading: Reading, own: dict[str, str]) -> Ingest:
    return Ingest(
        **own,
        id=ingest_id(settings, reading.digest),
        path=reading.path,
        digest=reading.digest,
        format=reading.reader,
        sensor=settings.sensor,
        rows=reading.rows,
        quarantined=reading.quarantined,
        note=reading.note,
        time=settings.workspace.now(),
    )


def _quarantine(ingest: str, reading: Reading, own: dict[str, str]) -> list[Quarantine]:
    return [
        Quarantine(**own, ingest=ingest, line=reject.line, reason=reject.reason, text=reject.text)
        for reject in reading.rejects
    ]


def _coverage(settings: Settings, reading: Reading, own: dict[str, str]) -> list[Coverage]:
    return [
        Coverage(
            **own,
            ingest=ingest_id(settings, reading.digest),
            sensor=settings.sensor,
            network=network,
            day=day,
            telemetry=telemetry,
            first=seen.first,
            last=seen.last,
            rows=seen.rows,
            sampling=seen.sampling or settings.sampling,
        )
        for telemetry, day, network, seen in reading.tally.covered()
    ]


def _done(ingest: str, reading: Reading) -> FileResult:
    days = reading.tally.days
    return FileResult(
        path=reading.path,
        state=State.READ,
        note=reading.note,
        ingest=ingest,
        format=reading.reader,
        rows=reading.rows,
        quarantined=reading.quarantined,
        first=min((day.first for day in days.values()), default=None),
        last=max((day.last for day in days.values()), default=None),
        days=tuple(sorted({day for _, day in days})),
    )
