"""An ingest is taken back: the lake and the ledger are as if its file had never been read, but for the record of it.

Findings and cases that rested on it are the business of the stages that made them, which look again at its days: the
pipeline runs them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from tocsin.errors import WrongUse
from tocsin.records import (
    LEDGER_TABLES,
    SEEN_TABLES,
    Coverage,
    Ingest,
    Judgement,
    LakeFile,
    LakeShare,
    Removal,
    columns,
    table_name,
)
from tocsin.store.exchange import INGEST, Keep, Thinned, rework, thinned
from tocsin.store.ingests import named
from tocsin.store.ledger import Ledger, one, read, remove
from tocsin.store.place import place
from tocsin.store.reading import equal
from tocsin.store.removals import record, removals
from tocsin.workspace import Workspace

KIND = "undo"
SEEN = {table_name(record) for record in SEEN_TABLES}


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back: the path that had been read, rows, and days.

    ``judged`` says whether detectors had looked at one of the days; ``again`` that the ingest had been taken back
    before, so that only the stages after it have to be run again.
    """

    ingest: str
    path: str
    rows: int
    days: tuple[date, ...]
    judged: bool
    again: bool = False


def undo(workspace: Workspace, ledger: Ledger, name: str) -> Undone:
    """Take an ingest back, by its id, the beginning of its id, or the path that was read.

    Files are removed when the ledger no longer lists them. An ingest that was taken back before, named by its whole
    id, is no error. Raises WrongUse for an unknown name, TocsinError when the lake cannot be read or written.
    """
    with ledger.look() as connection:
        before = read(connection, Removal, kind=KIND, about=name)
        if before and one(connection, Ingest, id=name) is None:
            days = tuple(sorted({row.day for row in before}))
            return Undone(name, before[0].reason, 0, days, judged=True, again=True)
        ingest = named(connection, name)
    where = place(workspace.lake)

    def thin(files: list[LakeFile]) -> Iterator[Thinned]:
        for file in files:
            own = file.ingest == ingest.id
            without = Thinned(file, file.rows, None) if own else thinned(where, file, _others(ingest.id))
            if without is not None:
                yield without

    return rework(
        workspace,
        ledger,
        lambda connection: _files(connection, ingest.id),
        thin,
        lambda connection, done: _take_back(connection, workspace, ingest, done),
    )


def _others(ingest: str) -> Keep:
    return lambda rows: ~equal(rows, INGEST, ingest)


def _files(connection: sa.Connection, ingest: str) -> list[LakeFile]:
    """The files that have rows of an ingest. Raises WrongUse when it is there no longer."""
    if one(connection, Ingest, id=ingest) is None:
        raise WrongUse(f"no such ingest any more: {ingest}: somebody else has taken it back")
    shared = [share.path for share in read(connection, LakeShare, ingest=ingest)]
    found = (one(connection, LakeFile, path=path) for path in shared)
    return [*read(connection, LakeFile, ingest=ingest), *(file for file in found if file)]


def _take_back(connection: sa.Connection, workspace: Workspace, ingest: Ingest, done: list[Thinned]) -> Undone:
    covered = {cover.day for cover in read(connection, Coverage, ingest=ingest.id)}
    days = sorted(covered | {each.file.day for each in done})
    for table in LEDGER_TABLES:
        if INGEST in {column.name for column in columns(table)}:
            remove(connection, table, ingest=ingest.id)
    remove(connection, Ingest, id=ingest.id)
    gone = [(each.file.telemetry, each.file.day, each.gone) for each in done]
    record(connection, removals(workspace, KIND, ingest.id, ingest.path, gone))
    judged = any(read(connection, Judgement, day=day) for day in days)
    return Undone(ingest.id, ingest.path, sum(each.gone for each in done), tuple(days), judged)
