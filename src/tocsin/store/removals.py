"""The record of what was taken out of the lake: counts, never rows."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import sqlalchemy as sa

from tocsin.records import Removal, record_id
from tocsin.store.ledger import add, one
from tocsin.workspace import Workspace


def record(connection: sa.Connection, rows: Iterable[Removal]) -> list[Removal]:
    """Put records into the ledger; in a replay, whose clock stands still, the same can be removed twice at a time."""
    kept = []
    for row in rows:
        while one(connection, Removal, id=row.id):
            row = replace(row, id=record_id("removal", row.id))
        add(connection, [row])
        kept.append(row)
    return kept


def removals(
    workspace: Workspace, kind: str, about: str, reason: str, gone: Iterable[tuple[str, date, int]]
) -> list[Removal]:
    """One record for each table and day. ``gone`` has an entry a file: table, day, and the rows that it loses."""
    files: Counter[tuple[str, date]] = Counter()
    rows: Counter[tuple[str, date]] = Counter()
    for telemetry, day, count in gone:
        files[telemetry, day] += 1
        rows[telemetry, day] += count
    now = workspace.now()
    return [
        Removal(
            party=workspace.party,
            marking=workspace.settings.marking,
            source=f"lake {kind}",
            id=record_id("removal", now.isoformat(), kind, about, telemetry, day.isoformat()),
            time=now,
            kind=kind,
            about=about,
            telemetry=telemetry,
            day=day,
            files=files[telemetry, day],
            rows=rows[telemetry, day],
            reason=reason,
        )
        for telemetry, day in sorted(files)
    ]
