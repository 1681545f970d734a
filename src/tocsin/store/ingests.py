"""What was read into the lake: how it is listed, and by which names a user may mean it."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import sqlalchemy as sa

from tocsin.errors import WrongUse
from tocsin.records import Coverage, Ingest, LakeFile, LakeShare
from tocsin.store.ledger import one, read, sql_table

# Fewer characters of an id could as well be a slip of the hand.
PREFIX = 4


@dataclass(frozen=True, slots=True)
class Listed:
    """An ingest with the UTC days of which rows came by it, as far as they are still known."""

    ingest: Ingest
    days: tuple[date, ...]


def listed(connection: sa.Connection) -> list[Listed]:
    """Every ingest, the newest first."""
    days: dict[str, set[date]] = {}
    files = {file.path: file for file in read(connection, LakeFile)}
    for name, day in (
        *((file.ingest, file.day) for file in files.values()),
        *((share.ingest, files[share.path].day) for share in read(connection, LakeShare)),
        *((cover.ingest, cover.day) for cover in read(connection, Coverage)),
    ):
        days.setdefault(name, set()).add(day)
    known = sorted(read(connection, Ingest), key=lambda ingest: (ingest.time, ingest.path, ingest.id), reverse=True)
    return [Listed(ingest, tuple(sorted(days.get(ingest.id, ())))) for ingest in known]


def named(connection: sa.Connection, name: str) -> Ingest:
    """The ingest that a user means. Raises WrongUse when it is none or more than one."""
    if exact := one(connection, Ingest, id=name):
        return exact
    table = sql_table(Ingest)
    found = read(connection, Ingest, table.c.path.in_([name, str(Path(name).absolute())]))
    if not found and len(name) >= PREFIX:
        found = read(connection, Ingest, table.c.id.startswith(name.lower(), autoescape=True))
    if len(found) > 1:
        raise WrongUse(f"{len(found)} ingests are meant by {name}: name one: {', '.join(i.id for i in found)}")
    if not found:
        raise WrongUse(f"no such ingest: {name}: 'tocsin ingests' lists them with their ids")
    return found[0]
