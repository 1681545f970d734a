"""One file becomes rows that wait to be counted: all that is new in it, or nothing."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from io import BufferedReader
from itertools import chain

from tocsin.errors import Unreadable
from tocsin.records import SourceFile
from tocsin.store.lake import LakeWriter
from tocsin.telemetry._content import content, is_packed
from tocsin.telemetry._coverage import Tally
from tocsin.telemetry._files import Found, path_text, reason
from tocsin.telemetry._gauge import HEAD, Gauge, Tail, measured, whole_lines
from tocsin.telemetry._growth import Start, identity, note_file, remember, resume, start, unchanged
from tocsin.telemetry._header import no_header
from tocsin.telemetry._named import named
from tocsin.telemetry._overlap import overlapped
from tocsin.telemetry._pending import Pending
from tocsin.telemetry._pseudonym import names_people, pseudonymous
from tocsin.telemetry._record import Reading, ingest_id, known_as, lake_name
from tocsin.telemetry._rows import CutOff
from tocsin.telemetry._settings import AUTO, Settings
from tocsin.telemetry._summary import FileResult, State
from tocsin.units import Unit, units
from tocsin.workspace import seconds_since

# Writers hold a line back while their buffer fills; a file that was left alone this long has its last line.
SETTLED_SECONDS = 60
# Below this a thread of its own costs more than it saves.
LARGE = 8 << 20
WRITTEN = "it is still being written"
CHANGED = "it changed while it was read: read it again when nobody writes to it"

Told = Callable[[int], None]


class _NoReader(Unreadable):
    """No reader knows the file."""


class _Waiting(Exception):
    """The file is not ready."""


def read_file(
    settings: Settings, pending: Pending, file: Found, then: SourceFile | None, progress: Told
) -> FileResult | None:
    """Read what is new in one file into ``pending``; what became of the file when nothing in it waits to be counted.

    ``then`` is what the ledger knows of it; ``progress`` is told the bytes read. Raises TocsinError when the lake
    cannot be written; what is wrong with the file itself is in the result.
    """
    state, path = State.UNREADABLE, path_text(file.path)
    try:
        if file.problem:
            raise _NoReader(file.problem)
        if file.is_partial:
            raise _Waiting(WRITTEN)
        with file.path.open("rb") as raw:
            if known := unchanged(settings, then, identity(raw)):
                return known_as(path, known)
            return _look(settings, pending, path, raw, progress)
    except _Waiting as error:
        note, state = str(error), State.WAITING
    except _NoReader as error:
        note = str(error)
        state = state if file.named else State.PASSED_OVER
    except Unreadable as error:
        note = str(error)
    except OSError as error:
        note = reason(error)
    return FileResult(path=path, state=state, note=note)


def _look(settings: Settings, pending: Pending, path: str, raw: BufferedReader, progress: Told) -> FileResult | None:
    """Find out what of the file is known, and read the rest."""
    began, reader = _begun(settings, pending, path, raw)
    reading = Reading(path, reader.name, began, Tally(settings.networks, settings.directory, settings.sampling))
    read = _read_lines if hasattr(reader.load(), "header") else _read_whole
    return read(settings, pending, reading, raw, progress)


def _begun(settings: Settings, pending: Pending, path: str, raw: BufferedReader) -> tuple[Start, Unit]:
    """Where reading begins, and the reader: the one that has read what is known. Raises _NoReader."""
    known = units("tocsin.telemetry")
    if (place := resume(settings, path, raw)) and place.known and place.known.id not in pending.begun:
        return place, known[place.known.format]
    beginning = _beginning(raw)
    reader = _reader(settings.format, beginning)
    began = start(raw, pending.candidates(beginning), getattr(reader.load(), "header", no_header))
    return began, known[began.known.format] if began.known else reader


def _read_lines(
    settings: Settings, pending: Pending, reading: Reading, raw: BufferedReader, progress: Told
) -> FileResult | None:
    """Read on to the last whole line; the file may grow meanwhile."""
    file, known, tail = identity(raw), reading.start.known, Tail()
    is_last = is_packed(raw) or seconds_since(file[2]) > SETTLED_SECONDS
    lines = measured(_lines(content(raw, after=reading.gauge.length), tail, is_last), reading.gauge)
    first = next(lines, None)
    if first is None:
        if known is None:
            raise _Waiting("it has no whole line yet")
        if tail.cut or not tail.rest:
            note_file(settings, reading.path, file, known.id)
        return known_as(reading.path, known)
    with ExitStack() as stack:
        lake = stack.enter_context(LakeWriter(settings.workspace.lake, lake_name(settings, reading, file)))
        _take(settings, reading, chain([first], lines), lake, raw, progress)
        if not _is_same(raw, reading.gauge):
            raise Unreadable(CHANGED)
        reading.note, reading.left = tail.cut, len(tail.rest)
        reading.file = file if file == identity(raw) and (tail.cut or not tail.rest) else None
        _check(reading)
        if settings.is_live:
            remember(settings, reading.path, raw, ingest_id(settings, reading), reading.gauge)
        pending.add(reading, lake)
        stack.pop_all()
    return None


def _read_whole(
    settings: Settings, pending: Pending, reading: Reading, raw: BufferedReader, progress: Told
) -> FileResult | None:
    """Read a file that cannot be read in parts, and that nobody writes to any more."""
    file, known = identity(raw), reading.start.known
    if settings.is_live and seconds_since(file[2]) < SETTLED_SECONDS:
        raise _Waiting(WRITTEN)
    pieces = measured(content(raw, after=reading.gauge.length), reading.gauge)
    if known:
        if next(pieces, None) is not None:
            how = f"it has grown since it was read as {known.path}, and {known.format} reads files whole"
            raise Unreadable(f"{how}: take that back with 'tocsin undo {known.id}', and read it again")
        note_file(settings, reading.path, file, known.id)
        return known_as(reading.path, known)
    with ExitStack() as stack:
        lake = stack.enter_context(LakeWriter(settings.workspace.lake, lake_name(settings, reading, file)))
        try:
            _take(settings, reading, pieces, lake, raw, progress)
        except CutOff as end:
            reading.note = str(end)
        if identity(raw) != file:
            raise Unreadable(CHANGED)
        reading.file = file
        _check(reading)
        pending.add(reading, lake)
        stack.pop_all()
    return None


def _take(
    settings: Settings, reading: Reading, pieces: Iterator[bytes], lake: LakeWriter, raw: BufferedReader, progress: Told
) -> None:
    """Have the reader read what is new, below the header that holds there."""
    is_large = identity(raw)[1] > LARGE
    header = reading.start.gauge.header
    pieces = overlapped(pieces) if is_large else pieces
    reader = units("tocsin.telemetry")[reading.reader]
    read = reader.load().read(chain([header], pieces) if header else pieces, settings.sensor, settings.sampling)
    parts = pseudonymous(named(reading.path, read), settings.workspace, names_people(reader))
    for part in overlapped(parts) if is_large else parts:
        reading.take(part, lake, settings)
        progress(raw.tell())
    for _ in pieces:
        """A reader may stop before the end; the digest is of everything."""


def _check(reading: Reading) -> None:
    if flaw := reading.flaw():
        raise Unreadable(flaw)


def _lines(pieces: Iterator[bytes], tail: Tail, is_last: bool) -> Iterator[bytes]:
    """Whole lines, and what follows them when nothing more is to come (``is_last``)."""
    yield from whole_lines(pieces, tail)
    if is_last and tail.rest and tail.cut is None:
        rest, tail.rest = tail.rest, b""
        yield rest


def _is_same(raw: BufferedReader, gauge: Gauge) -> bool:
    """Whether the file still begins as what was read: a log may be cut to nothing and written anew."""
    try:
        beginning = next(content(raw), b"")
    except (CutOff, Unreadable):
        return False
    return beginning[: len(gauge.beginning)] == gauge.beginning


def _beginning(raw: BufferedReader) -> bytes:
    try:
        return next(content(raw), b"")[:HEAD]
    except CutOff:
        raise Unreadable("its end is missing, and with it all that could be read") from None


def _reader(name: str, beginning: bytes) -> Unit:
    """The reader that the user names, or the first that knows content with this beginning. Raises _NoReader."""
    known = units("tocsin.telemetry")
    if name != AUTO:
        return known[name]
    for unit in known.values():
        if unit.load().recognise(beginning):
            return unit
    raise _NoReader(f"no reader knows it: there are readers for {', '.join(known)}")
