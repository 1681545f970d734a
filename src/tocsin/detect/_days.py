"""Which days there are to look at, which are as they were, and which are no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from tocsin.detect._tables import CERTIFICATE, RECORDS
from tocsin.records import Coverage, LakeFile, Removal
from tocsin.store.ledger import read
from tocsin.store.retention import KIND as EXPIRY

TELEMETRY = frozenset(RECORDS.keys() - {CERTIFICATE})
# What handshakes stand in, and how long before one its certificate was written down: Zeek repeats it after a day.
_HANDSHAKES = {"tls", "open_tls"}
_EXPLAINED_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """The days of the lake with their files, and the days of which telemetry has expired: these are left as found."""

    files: dict[date, list[LakeFile]]
    expired: frozenset[date]


def days_of(connection: sa.Connection) -> Days:
    """Days by what the manifest lists.

    What was watched and is no longer in the lake has expired; where no network is known, so that nothing counts as
    watched, the record of what expired says so. An ingest that is taken back takes its coverage with it,
    so that its days are no more, or less than they were, and what was found in them goes.
    """
    files: dict[date, list[LakeFile]] = {}
    certificates: list[LakeFile] = []
    for file in read(connection, LakeFile):
        if file.telemetry in TELEMETRY:
            files.setdefault(file.day, []).append(file)
        elif file.telemetry == CERTIFICATE:
            certificates.append(file)
    held = {(day, file.telemetry) for day, of_day in files.items() for file in of_day}
    watched = {(c.day, c.telemetry) for c in read(connection, Coverage) if c.telemetry in TELEMETRY}
    watched |= {(r.day, r.telemetry) for r in read(connection, Removal, kind=EXPIRY) if r.telemetry in TELEMETRY}
    for day, of_day in files.items():
        if _HANDSHAKES & {file.telemetry for file in of_day}:
            of_day += [file for file in certificates if day - _EXPLAINED_WITHIN <= file.day <= day]
    return Days(dict(sorted(files.items())), frozenset(day for day, _ in watched - held))


def gone(days: Days, looked: Sequence[date]) -> list[date]:
    """Days that were looked at once and that are neither there nor expired."""
    return sorted(set(looked) - days.files.keys() - days.expired)
