"""Retention: what is past the time for which its class is kept goes, and a record of it stays.

Telemetry goes by its UTC day. What the findings of a case rest on is kept for that case: of a day that goes, the rows
about its subject move to a table of their own, and stay there until the case has been over for as long as evidence is
kept. Rows about anybody else go, so that one open case does not keep the traffic of a whole network.

Quarantined lines are telemetry too, by the day on which they were read. Nothing here happens by itself: only
``tocsin lake expire`` does it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

import numpy as np
import sqlalchemy as sa

from tocsin.records import SUM_TABLES, Edition, Ingest, LakeFile, Measure, Quarantine, Removal, table_name
from tocsin.store.erasure import LEASES
from tocsin.store.exchange import Keep, Thinned, losing, rework, thinned
from tocsin.store.lake import EVIDENCE
from tocsin.store.ledger import Ledger, read, remove
from tocsin.store.place import Place, place
from tocsin.store.removals import record, removals
from tocsin.store.spans import Span, about
from tocsin.workspace import Retention, Workspace

KIND = "expire"
SUMS = frozenset(table_name(record) for record in SUM_TABLES)

# The spans that cases need rows of, by the UTC day of their findings.
Held = Mapping[date, Sequence[Span]]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Expired:
    """What went, or would go: one record for each class, table and day. ``kept`` are rows that cases need still."""

    removals: tuple[Removal, ...]
    kept: int

    @property
    def rows(self) -> int:
        """Rows that went, or would."""
        return sum(removal.rows for removal in self.removals)


def expire(
    workspace: Workspace,
    ledger: Ledger,
    held: Held,
    *,
    dry_run: bool = False,
    progress: Progress = lambda _done, _total: None,
) -> Expired:
    """Remove what is past its time, except the rows that ``held`` names; with ``dry_run`` only say what would go.

    Each table's day is a transaction of its own, so that what is interrupted goes on where it was. Doing it again
    removes nothing more. Raises TocsinError when the lake cannot be read or written.
    """
    with ledger.look() as connection:
        past = [file for file in read(connection, LakeFile) if expires(workspace, file.telemetry, file.day)]
    groups = [(key, list(files)) for key, files in groupby(sorted(past, key=_table_and_day), key=_table_and_day)]
    gone: list[Removal] = []
    for number, ((telemetry, day), files) in enumerate(groups):
        progress(number, len(groups))
        keep = _keep(held, telemetry, day)
        if dry_run:
            where = place(workspace.lake)
            lost = [(telemetry, day, rows) for file in files if (rows := losing(where, file, keep))]
            gone += _records(workspace, telemetry, lost)
        else:
            gone += _expire_day(workspace, ledger, telemetry, day, keep)
    with ledger.write() as connection:
        gone += _expire_ledger(connection, workspace, dry_run)
    lake = sum(removal.rows for removal in gone if removal.telemetry in {key[0] for key, _ in groups})
    return Expired(tuple(gone), sum(file.rows for file in past) - lake)


def expires(workspace: Workspace, telemetry: str, day: date) -> bool:
    """Whether a table's day is past the time for which it is kept; evidence is whenever no case needs it."""
    return telemetry.startswith(EVIDENCE) or _over(workspace, _retention(workspace, _kind(telemetry)), day)


def _kind(telemetry: str) -> str:
    """Class of a table, by its name in the settings."""
    if telemetry.startswith(EVIDENCE):
        return "evidence"
    return "history" if telemetry in SUMS else "telemetry"


def _retention(workspace: Workspace, kind: str) -> Retention:
    found: Retention = getattr(workspace.settings.retention, kind)
    return found


def _over(workspace: Workspace, retention: Retention, day: date) -> bool:
    return retention.days is not None and day < workspace.now().date() - timedelta(days=retention.days)


def _table_and_day(file: LakeFile) -> tuple[str, date]:
    return file.telemetry, file.day


def _expire_day(workspace: Workspace, ledger: Ledger, telemetry: str, day: date, keep: Keep) -> list[Removal]:
    where = place(workspace.lake)

    def thin(files: list[LakeFile]) -> Iterator[Thinned]:
        return _thinned(where, files, keep)

    def finish(connection: sa.Connection, done: list[Thinned]) -> list[Removal]:
        gone = [(telemetry, day, each.gone) for each in done if each.gone]
        return record(connection, _records(workspace, telemetry, gone))

    return rework(
        workspace, ledger, lambda connection: read(connection, LakeFile, telemetry=telemetry, day=day), thin, finish
    )


def _thinned(where: Place, files: Iterable[LakeFile], keep: Keep) -> Iterator[Thinned]:
    for file in files:
        evidence = file.telemetry if file.telemetry.startswith(EVIDENCE) else EVIDENCE + file.telemetry
        if (moved := thinned(where, file, keep, evidence)) is not None:
            yield moved


def _keep(held: Held, telemetry: str, day: date) -> Keep:
    """The rows that cases need: of leases those of any day, for a lease may last until the day of the finding.

    No case needs the sums: its own rows say more.
    """
    if telemetry in SUMS:
        return lambda rows: np.zeros(rows.num_rows, bool)
    days = held if telemetry in LEASES else [day]
    spans = list(dict.fromkeys(span for each in days for span in held.get(each, ())))
    return lambda rows: about(rows, spans)


def _records(workspace: Workspace, telemetry: str, gone: Iterable[tuple[str, date, int]]) -> list[Removal]:
    kind = _kind(telemetry)
    return removals(workspace, KIND, kind, _reason(workspace, kind), gone)


def _reason(workspace: Workspace, kind: str) -> str:
    retention = _retention(workspace, kind)
    return f"retention.{kind}.days = {retention.days}; legal basis: {retention.basis}"


def _expire_ledger(connection: sa.Connection, workspace: Workspace, dry_run: bool) -> list[Removal]:
    """Quarantined lines, measures and editions that are past their time."""
    times = {ingest.id: ingest.time.date() for ingest in read(connection, Ingest)}
    retentions = workspace.settings.retention
    lines = [(row.ingest, times[row.ingest]) for row in read(connection, Quarantine) if row.ingest in times]
    gone = {name: day for name, day in lines if _over(workspace, retentions.telemetry, day)}
    counted = [("quarantine", day, sum(name == line for line, _ in lines)) for name, day in gone.items()]
    records = removals(workspace, KIND, "telemetry", _reason(workspace, "telemetry"), counted)
    figures = [row for row in read(connection, Measure) if _over(workspace, retentions.aggregates, row.end.date())]
    counted = [(table_name(Measure), row.end.date(), 1) for row in figures]
    records += removals(workspace, KIND, "aggregates", _reason(workspace, "aggregates"), counted)
    editions = [row for row in read(connection, Edition) if _over(workspace, retentions.editions, row.as_of.date())]
    counted = [(table_name(Edition), row.as_of.date(), 1) for row in editions]
    records += removals(workspace, KIND, "editions", _reason(workspace, "editions"), counted)
    if dry_run:
        return records
    for name in gone:
        remove(connection, Quarantine, ingest=name)
    for figure in figures:
        remove(connection, Measure, id=figure.id)
    for edition in editions:
        remove(connection, Edition, id=edition.id)
    return record(connection, records)
