"""What the lake holds, table by table, and what is not in order with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import sqlalchemy as sa

from tocsin.records import LakeDiscard, LakeFile
from tocsin.store.compaction import small
from tocsin.store.lake import strays
from tocsin.store.ledger import read
from tocsin.store.retention import expires
from tocsin.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Holding:
    """One table: its size, its days, and the share of its files that ``lake compact`` would put together.

    ``past_days`` and ``past_rows`` are over the time for which they are kept; rows that a case needs are among them.
    """

    telemetry: str
    days: int
    files: int
    rows: int
    bytes: int
    oldest: date
    newest: date
    small_share: float
    past_days: int
    past_rows: int


@dataclass(frozen=True, slots=True)
class Holdings:
    """All tables; files that belong to nothing, and those that wait to be removed after a compaction."""

    tables: tuple[Holding, ...]
    strays: tuple[str, ...]
    waiting: int


def holdings(connection: sa.Connection, workspace: Workspace) -> Holdings:
    """Look at the manifest, and once at the names in the lake. Raises Unreachable when the lake does not answer."""
    files = sorted(read(connection, LakeFile), key=lambda file: file.telemetry)
    tables = [
        _holding(workspace, name, list(of_table)) for name, of_table in groupby(files, key=lambda file: file.telemetry)
    ]
    waiting = len(read(connection, LakeDiscard))
    return Holdings(tuple(tables), tuple(strays(connection, workspace.lake)), waiting)


def _holding(workspace: Workspace, telemetry: str, files: Sequence[LakeFile]) -> Holding:
    days = {file.day for file in files}
    past = {day for day in days if expires(workspace, telemetry, day)}
    alone = {day for day in days if sum(file.day == day and small(file) for file in files) < 2}
    return Holding(
        telemetry=telemetry,
        days=len(days),
        files=len(files),
        rows=sum(file.rows for file in files),
        bytes=sum(file.bytes for file in files),
        oldest=min(days),
        newest=max(days),
        small_share=sum(small(file) and file.day not in alone for file in files) / len(files),
        past_days=len(past),
        past_rows=sum(file.rows for file in files if file.day in past),
    )
