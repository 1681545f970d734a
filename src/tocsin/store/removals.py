"""The record of what was taken out of the lake: counts, never rows."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from tocsin.records import Removal, record_id
from tocsin.workspace import Workspace


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
