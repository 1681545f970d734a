"""Puts what was found on a day into the ledger, in the place of what was found there before."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa

from tocsin.detect._history import SUMS, replace_sum
from tocsin.records import Candidate, Finding, Judgement, LakeFile, LedgerRecord, Looked
from tocsin.store.ledger import put, read, remove, sql_table
from tocsin.workspace import Workspace

SOURCE = "detect/"


@dataclass(slots=True)
class OfDay:
    """What the detectors that were due say of a day; ``basis`` is what each rests on, ``sums`` what is kept of it."""

    day: date
    basis: dict[str, str]
    findings: list[Finding] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    judgements: list[Judgement] = field(default_factory=list)
    sums: dict[str, list[LakeFile]] = field(default_factory=dict)


def keep(connection: sa.Connection, workspace: Workspace, of_day: OfDay) -> list[str]:
    """Keep it; what the same detectors found on that day before and no longer do goes.

    Returns paths of files of the lake that count no more.
    """
    stale = [path for name, files in of_day.sums.items() for path in replace_sum(connection, name, of_day.day, files)]
    for name in of_day.basis.keys() - SUMS.keys():
        _remove_found(connection, of_day.day, name)
        remove(connection, Judgement, detector=name, day=of_day.day)
    put(connection, [*of_day.findings, *of_day.candidates, *of_day.judgements, *_looked(workspace, of_day)])
    return stale


def forget(connection: sa.Connection, day: date) -> list[str]:
    """Remove all that detectors found on a day; returns paths of files of the lake that count no more."""
    for behaviour in {row.behaviour for kind in (Finding, Candidate) for row in _found(connection, kind, day)}:
        _remove_found(connection, day, behaviour)
    remove(connection, Judgement, day=day)
    remove(connection, Looked, day=day)
    return [path for name in SUMS for path in replace_sum(connection, name, day, [])]


def looked_at(connection: sa.Connection) -> dict[tuple[str, date], str]:
    """What each detector's look at each day rested on."""
    return {(row.detector, row.day): row.basis for row in read(connection, Looked)}


def _looked(workspace: Workspace, of_day: OfDay) -> Iterator[LedgerRecord]:
    for name, digest in of_day.basis.items():
        yield Looked(
            party=workspace.party,
            marking=workspace.settings.marking,
            source=SOURCE + name,
            detector=name,
            day=of_day.day,
            basis=digest,
        )


def _found(
    connection: sa.Connection, record: type[Finding] | type[Candidate], day: date
) -> Iterable[Finding | Candidate]:
    return (row for row in read(connection, record, day=day) if row.source.startswith(SOURCE))


def _remove_found(connection: sa.Connection, day: date, behaviour: str) -> None:
    """Findings by others than the detectors, such as those that several parties confirm, stay."""
    for record in (Finding, Candidate):
        table = sql_table(record)
        own = (table.c.day == day, table.c.behaviour == behaviour, table.c.source.startswith(SOURCE))
        connection.execute(sa.delete(table).where(*own))
