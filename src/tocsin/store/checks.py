"""What can go wrong with a workspace on disk, looked for and told with what to do."""

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from tocsin.errors import TocsinError
from tocsin.records import Ingest, LakeFile, Outbox
from tocsin.store.lake import strays
from tocsin.store.ledger import Ledger, one, read
from tocsin.store.outbox import WITHDRAWN
from tocsin.store.place import Place, place
from tocsin.workspace import Workspace

# Footers that are looked at: enough to see what goes wrong now, and done in seconds on an object store too.
FOOTERS = 1000
READERS = 8


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: whether it is right, and in a line what was found and what to do."""

    passed: bool
    text: str


def checks(workspace: Workspace, ledger: Ledger) -> Iterator[Check]:
    """Look at ledger, lake and outbox, one check after the other."""
    with ledger.look() as connection:
        yield _integrity(connection)
        yield from _lake(connection, workspace)
        yield _quarantined(connection)
        yield _outbox(connection, workspace)


def _integrity(connection: sa.Connection) -> Check:
    if connection.dialect.name != "sqlite":
        return Check(True, "the ledger answers")
    answer = connection.exec_driver_sql("PRAGMA quick_check").scalar_one()
    return Check(
        answer == "ok", "the ledger is whole" if answer == "ok" else f"the ledger is damaged: {answer}: restore it"
    )


def _lake(connection: sa.Connection, workspace: Workspace) -> Iterator[Check]:
    """The lake against its manifest: names and sizes from one listing, and the footers of the newest files."""
    where = place(workspace.lake)
    files = read(connection, LakeFile)
    try:
        there = where.sizes()
    except TocsinError as error:
        yield Check(False, str(error))
        return
    present = [file for file in files if file.path in there]
    yield _missing(connection, where, [file for file in files if file.path not in there], len(files))
    yield _strays(where, strays(connection, workspace.lake))
    yield _sizes(where, [file for file in present if there[file.path] != file.bytes])
    yield _footers(where, sorted(present, key=lambda file: file.day, reverse=True)[:FOOTERS])


def _missing(connection: sa.Connection, where: Place, gone: Sequence[LakeFile], all_files: int) -> Check:
    if gone:
        first = f"{where.shown}/{gone[0].path}"
        text = f"{len(gone)} files of the lake are missing, the first is {first}: restore them"
        # Of a file of several ingests none can be taken back without reading it.
        alone = one(connection, Ingest, id=gone[0].ingest)
        return Check(False, f"{text}, or take the ingest back with 'tocsin undo {alone.id}'" if alone else text)
    return Check(True, f"all {all_files} files of the lake are there")


def _strays(where: Place, left: Sequence[str]) -> Check:
    if left:
        text = f"{len(left)} files in the lake belong to no ingest, the first is {where.shown}/{left[0]}"
        return Check(False, f"{text}: read the same files again with 'tocsin ingest', or delete them")
    return Check(True, "nothing lies in the lake that does not count")


def _sizes(where: Place, wrong: Sequence[LakeFile]) -> Check:
    if wrong:
        text = f"{len(wrong)} files of the lake have another size than when they were written, the first is"
        return Check(False, f"{text} {where.shown}/{wrong[0].path}: restore them")
    return Check(True, "every file of the lake has the size that it had")


def _footers(where: Place, files: Sequence[LakeFile]) -> Check:
    with ThreadPoolExecutor(READERS) as readers:
        told = list(readers.map(lambda file: _footer(where, file), files))
    wrong = [text for text in told if text]
    if wrong:
        return Check(False, f"{len(wrong)} files of the lake cannot be trusted, the first is {wrong[0]}: restore them")
    return Check(True, f"the footers of the {len(files)} newest files say what the manifest says")


def _footer(where: Place, file: LakeFile) -> str | None:
    """What is wrong with a file, by its last bytes."""
    try:
        with pq.ParquetFile(where.path(file.path), filesystem=where.filesystem) as parquet:
            rows = parquet.metadata.num_rows
    except (OSError, pa.ArrowException):
        return f"{where.shown}/{file.path}: no Parquet, or cut off"
    return None if rows == file.rows else f"{where.shown}/{file.path}: {rows} rows, {file.rows} in the manifest"


def _quarantined(connection: sa.Connection) -> Check:
    wrong = [ingest for ingest in read(connection, Ingest) if ingest.quarantined or ingest.note]
    if wrong:
        rows = sum(ingest.quarantined for ingest in wrong)
        text = f"{rows} rows of {len(wrong)} files could not be read, the first is {wrong[0].path}"
        return Check(False, f"{text}: mend the file and read it again")
    return Check(True, "every row that was read is in the lake")


def _outbox(connection: sa.Connection, workspace: Workspace) -> Check:
    for entry in read(connection, Outbox):
        if entry.state == WITHDRAWN:
            continue
        path = workspace.outbox / entry.path
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != entry.digest:
            return Check(False, f"not as it was written: {path}: write it anew with 'tocsin detect'")
    return Check(True, "everything in the outbox is as it was written")
