"""What of a file's content is known already, so that only what is new is read.

Content alone decides: it goes on from what an ingest read when that is how it begins. So it does not matter how a log
was rotated: renamed, copied and cut to nothing, or compressed under another name.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from io import BufferedReader

import sqlalchemy as sa

from tocsin.records import Ingest, SourceFile
from tocsin.store.ledger import one, put, read, sql_table
from tocsin.telemetry._content import content, is_packed
from tocsin.telemetry._gauge import Gauge
from tocsin.telemetry._header import Header
from tocsin.telemetry._rows import CutOff
from tocsin.telemetry._settings import Place, Settings
from tocsin.workspace import seconds_since

EDGE = 4096
GROWS_SECONDS = 3600
# As many paths in one question to the ledger.
PATHS = 500


@dataclass(frozen=True, slots=True)
class Start:
    """Where reading begins: behind what ``known`` read, where the gauge stands; at the beginning when nothing is."""

    known: Ingest | None
    gauge: Gauge


def identity(raw: BufferedReader) -> tuple[str, int, int]:
    """Which file this is, its size in bytes, and when it was last written, nanoseconds since 1970."""
    now = os.fstat(raw.fileno())
    return f"{now.st_dev}:{now.st_ino}", now.st_size, now.st_mtime_ns


def seen(settings: Settings, paths: Sequence[str]) -> dict[str, SourceFile]:
    """What the ledger knows of files on disk, by their paths."""
    column, found = sql_table(SourceFile).c, {}
    with settings.ledger.look() as connection:
        for at in range(0, len(paths), PATHS):
            some = paths[at : at + PATHS]
            for file in read(connection, SourceFile, column.path.in_(some), sensor=settings.sensor):
                found[file.path] = file
    return found


def unchanged(settings: Settings, then: SourceFile | None, now: tuple[str, int, int]) -> Ingest | None:
    """The ingest that has all of a file, when it is as it was then; None when its content has to be looked at."""
    if then is None or (then.identity, then.size, then.modified) != now:
        return None
    with settings.ledger.look() as connection:
        return one(connection, Ingest, id=then.ingest)


def known_heads(settings: Settings) -> set[str]:
    """The keys of all content that a sensor's ingests have."""
    table = sql_table(Ingest)
    with settings.ledger.look() as connection:
        found = connection.scalars(sa.select(table.c.head).where(table.c.sensor == settings.sensor))
        return {head for head in found if head}


def alike(settings: Settings, keys: Sequence[str]) -> list[Ingest]:
    """Ingests of content with one of these keys, the shortest first."""
    with settings.ledger.look() as connection:
        found = read(connection, Ingest, sql_table(Ingest).c.head.in_(keys), sensor=settings.sensor)
    return sorted(found, key=lambda ingest: ingest.bytes)


def start(raw: BufferedReader, candidates: Sequence[Ingest], follow: Header) -> Start:
    """The longest of these contents with which this file's begins, found by reading as far as they reach."""
    gauge, found, waiting = Gauge(follow), Start(None, Gauge(follow)), list(candidates)
    pieces = content(raw)
    try:
        while waiting and (piece := next(pieces, b"")):
            while waiting and gauge.length + len(piece) >= waiting[0].bytes:
                known = waiting.pop(0)
                length = known.bytes - gauge.length
                gauge.add(piece[:length])
                piece = piece[length:]
                if gauge.digest == known.digest:
                    found = Start(known, gauge.copy())
            gauge.add(piece)
    except CutOff:
        pass
    return found


def resume(settings: Settings, path: str, raw: BufferedReader) -> Start | None:
    """Where a file is to be read on that was read a moment ago; None when it may be another one by now."""
    place = settings.places.get(path)
    if place is None or place.identity != identity(raw)[0] or is_packed(raw):
        return None
    raw.seek(0)
    beginning = raw.read(len(place.gauge.beginning))
    raw.seek(place.gauge.length - len(place.edge))
    if beginning != place.gauge.beginning or raw.read(len(place.edge)) != place.edge:
        return None
    with settings.ledger.look() as connection:
        known = one(connection, Ingest, id=place.ingest)
    if known is None or (known.bytes, known.digest) != (place.gauge.length, place.gauge.digest):
        return None
    return Start(known, place.gauge.copy())


def remember(settings: Settings, path: str, raw: BufferedReader, ingest: str, gauge: Gauge) -> None:
    """Keep in memory how far a plain file was read, when it was written of late: others seldom grow."""
    length = min(EDGE, gauge.length)
    if seconds_since(identity(raw)[2]) < GROWS_SECONDS and not is_packed(raw):
        raw.seek(gauge.length - length)
        settings.places[path] = Place(identity(raw)[0], ingest, gauge, raw.read(length))


def source_file(settings: Settings, path: str, file: tuple[str, int, int], ingest: str) -> SourceFile:
    """The row by which a file that is the same is not opened again."""
    which, size, modified = file
    return SourceFile(
        party=settings.workspace.party,
        marking=settings.workspace.settings.marking,
        source=path,
        path=path,
        sensor=settings.sensor,
        identity=which,
        size=size,
        modified=modified,
        ingest=ingest,
    )


def note_file(settings: Settings, path: str, file: tuple[str, int, int], ingest: str) -> None:
    """Tell the ledger that all of a file is known."""
    with settings.ledger.write() as connection:
        put(connection, [source_file(settings, path, file, ingest)])
