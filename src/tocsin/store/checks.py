"""What can go wrong with a workspace on disk, looked for and told with what to do."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from tocsin.records import Ingest, LakeFile, Outbox
from tocsin.store.lake import missing, strays
from tocsin.store.ledger import Ledger, read
from tocsin.store.outbox import WITHDRAWN
from tocsin.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: whether it is right, and in a line what was found and what to do."""

    passed: bool
    text: str


def checks(workspace: Workspace, ledger: Ledger) -> Iterator[Check]:
    """Look at ledger, lake and outbox, one check after the other."""
    with ledger.look() as connection:
        yield _integrity(connection)
        yield _missing(connection, workspace)
        yield _strays(connection, workspace)
        yield _quarantined(connection)
        yield _outbox(connection, workspace)


def _integrity(connection: sa.Connection) -> Check:
    if connection.dialect.name != "sqlite":
        return Check(True, "the ledger answers")
    answer = connection.exec_driver_sql("PRAGMA quick_check").scalar_one()
    return Check(
        answer == "ok", "the ledger is whole" if answer == "ok" else f"the ledger is damaged: {answer}: restore it"
    )


def _missing(connection: sa.Connection, workspace: Workspace) -> Check:
    gone = missing(connection, workspace.lake)
    if gone:
        return Check(False, f"{len(gone)} files of the lake are missing, the first is {gone[0]}: restore them")
    return Check(True, f"all {len(read(connection, LakeFile))} files of the lake are there")


def _strays(connection: sa.Connection, workspace: Workspace) -> Check:
    left = strays(connection, workspace.lake)
    if left:
        text = f"{len(left)} files in the lake belong to no ingest, the first is {left[0]}: read the same files again"
        return Check(False, f"{text} with 'tocsin ingest', or delete them")
    return Check(True, "nothing lies in the lake that does not count")


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
