"""One file becomes rows of the lake: all of it counts, or nothing."""

import hashlib
import os
from collections.abc import Callable, Iterator
from io import BufferedReader
from itertools import chain

from tocsin.errors import Unreadable
from tocsin.store.lake import LakeWriter
from tocsin.telemetry._content import content
from tocsin.telemetry._coverage import Tally
from tocsin.telemetry._files import Found, path_text, reason
from tocsin.telemetry._named import named
from tocsin.telemetry._pseudonym import names_people, pseudonymous
from tocsin.telemetry._record import Reading, already_read, ingest_id, record
from tocsin.telemetry._rows import CutOff
from tocsin.telemetry._settings import AUTO, Settings
from tocsin.telemetry._summary import FileResult, State
from tocsin.units import Unit, units

HEAD = 1 << 16


class _NoReader(Unreadable):
    """No reader knows the file."""


def read_file(settings: Settings, file: Found, progress: Callable[[int], None]) -> FileResult:
    """Read one file into the lake, unless its content was read before. ``progress`` is told the bytes read.

    Raises TocsinError when lake or ledger cannot be written; what is wrong with the file itself is in the result.
    """
    state, path = State.UNREADABLE, path_text(file.path)
    try:
        if file.problem:
            raise _NoReader(file.problem)
        with file.path.open("rb") as raw:
            return _read(settings, path, raw, progress)
    except _NoReader as error:
        note = str(error)
        state = state if file.named else State.PASSED_OVER
    except Unreadable as error:
        note = str(error)
    except OSError as error:
        note = reason(error)
    return FileResult(path=path, state=state, note=note)


def _read(settings: Settings, path: str, raw: BufferedReader, progress: Callable[[int], None]) -> FileResult:
    before = _version(raw)
    digest = hashlib.file_digest(raw, "sha256").hexdigest()
    raw.seek(0)
    if known := already_read(settings, path, digest):
        return known
    head, pieces = _with_head(content(raw))
    reader = _reader(settings.format, head)
    reading = Reading(path, digest, reader.name, Tally(settings.networks, settings.directory))
    with LakeWriter(settings.workspace.lake, ingest_id(settings, digest)) as lake:
        try:
            parts = named(path, reader.load().read(pieces, settings.sensor, settings.sampling))
            for part in pseudonymous(parts, settings.workspace, names_people(reader)):
                reading.take(part, lake)
                progress(raw.tell())
        except CutOff as end:
            reading.note = str(end)
        if _version(raw) != before:
            raise Unreadable("it changed while it was read: read it again when nobody writes to it")
        if flaw := reading.flaw():
            raise Unreadable(flaw)
        return record(settings, reading, lake)


def _version(raw: BufferedReader) -> tuple[int, int]:
    now = os.fstat(raw.fileno())
    return now.st_size, now.st_mtime_ns


def _with_head(pieces: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    try:
        first = next(pieces, b"")
    except CutOff:
        raise Unreadable("its end is missing, and with it all that could be read") from None
    return first[:HEAD], chain([first], pieces)


def _reader(name: str, head: bytes) -> Unit:
    """The reader that the user names, or the first that knows content with this beginning. Raises _NoReader."""
    known = units("tocsin.telemetry")
    if name != AUTO:
        return known[name]
    for unit in known.values():
        if unit.load().recognise(head):
            return unit
    raise _NoReader(f"no reader knows it: there are readers for {', '.join(known)}")
