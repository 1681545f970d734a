"""An ingest is taken back: the lake and the ledger are as if its file had never been read, but for the record of it.

What rests on its days is looked at again by the stages that made it: the pipeline runs them. Here goes what
they would leave: judgements of sensors that have nothing on a day any more, and findings that nobody can judge now.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from tocsin.errors import WrongUse
from tocsin.records import (
    LEDGER_TABLES,
    SEEN_TABLES,
    Coverage,
    Finding,
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
from tocsin.store.ledger import Ledger, add, one, read, remove
from tocsin.store.place import Place, place
from tocsin.store.reading import equal, values
from tocsin.store.removals import removals
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
    findings: int
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
            return Undone(name, before[0].reason, 0, days, 0, judged=True, again=True)
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
    for record in LEDGER_TABLES:
        if INGEST in {column.name for column in columns(record)}:
            remove(connection, record, ingest=ingest.id)
    remove(connection, Ingest, id=ingest.id)
    gone = [(each.file.telemetry, each.file.day, each.gone) for each in done]
    add(connection, removals(workspace, KIND, ingest.id, ingest.path, gone))
    judged = any(read(connection, Judgement, day=day) for day in days)
    findings = sum(_forget(connection, place(workspace.lake), day) for day in days)
    return Undone(ingest.id, ingest.path, sum(each.gone for each in done), tuple(days), findings, judged)


def _forget(connection: sa.Connection, where: Place, day: date) -> int:
    """Remove what was judged and found on a day by sensors that have nothing there any more; how many findings."""
    judged = read(connection, Judgement, day=day)
    left = _sensors(connection, where, day, {judgement.sensor for judgement in judged})
    for judgement in judged:
        if judgement.sensor not in left:
            remove(connection, Judgement, detector=judgement.detector, sensor=judgement.sensor, day=day)
    able = {judgement.detector for judgement in judged if judgement.able and judgement.sensor in left}
    lost = {judgement.detector for judgement in judged} - able
    gone = [finding.id for finding in read(connection, Finding, day=day) if finding.behaviour in lost]
    return sum(remove(connection, Finding, id=name) for name in gone)


def _sensors(connection: sa.Connection, where: Place, day: date, wanted: Collection[str]) -> set[str]:
    """Sensors that have rows on a day still, or had some before the day expired.

    The files are asked only when there is a sensor among ``wanted`` that the ledger does not know of.
    """
    found = {cover.sensor for cover in read(connection, Coverage, day=day)}
    files = [file for file in read(connection, LakeFile, day=day) if file.telemetry in SEEN]
    if not found.issuperset(wanted):
        found |= _sensors_in(where, files)
    return found


def _sensors_in(where: Place, files: Iterable[LakeFile]) -> set[str]:
    return {sensor for file in files for sensor in values(where, file, "sensor")}
