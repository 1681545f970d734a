"""Following folders that collectors write to: what is new is read, again and again.

Folders are looked through at an interval: that works on network filesystems too, where no system tells of changes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

from tocsin.errors import TocsinError
from tocsin.records import Coverage
from tocsin.store.ledger import read
from tocsin.telemetry._files import Found, expanded, find, path_text
from tocsin.telemetry._future import AHEAD
from tocsin.telemetry._ingest import directories, read_found
from tocsin.telemetry._settings import Settings
from tocsin.telemetry._summary import FileResult, State

# What of a file changes when somebody writes to it or puts another in its place.
Version = tuple[int, int, int, int]


class Stopped(Exception):
    """Somebody wants the watch to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """That a sensor gave no rows from one moment to another, UTC; ``until`` is None while it still gives none."""

    sensor: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Round:
    """What one look through the folders found: files with news, silences, and what kept it from reading."""

    files: tuple[FileResult, ...] = ()
    silences: tuple[Silence, ...] = ()
    problem: str | None = None

    @property
    def rows(self) -> int:
        """Rows that were kept."""
        return sum(file.rows for file in self.files)


@dataclass(slots=True)
class Watch:
    """Folders that are followed, and what is remembered of them from one round to the next.

    ``quiet`` is how long a sensor may give no rows before that is told. What is remembered saves work only: everything
    that must last is in the ledger, so a watch may be killed and begun again at any moment.
    """

    settings: Settings
    paths: Sequence[Path]
    quiet: timedelta
    stop: Event = field(default_factory=Event)
    done: dict[Path, Version] = field(default_factory=dict)
    told: dict[str, str | None] = field(default_factory=dict)
    last: datetime | None = None
    is_silent: bool = False

    def __post_init__(self) -> None:
        self.settings = replace(self.settings, is_live=True, places={})
        with self.settings.ledger.look() as connection:
            seen = [covered.last for covered in read(connection, Coverage, sensor=self.settings.sensor)]
        self.last = max(seen, default=None)


def rounds(watch: Watch, interval: float) -> Iterator[Round]:
    """Look through the folders every ``interval`` seconds, until ``stop`` is set; then the round goes no further.

    A lake or ledger that cannot be written is a problem of the round, and the next one tries again.
    """
    while not watch.stop.is_set():
        try:
            yield look(watch)
        except Stopped:
            return
        watch.stop.wait(interval)


def look(watch: Watch) -> Round:
    """Look through the folders once and read what is new. Raises Stopped when ``stop`` is set meanwhile."""
    now = watch.settings.workspace.now()
    settings = replace(watch.settings, latest=now + AHEAD, directory=directories(watch.settings.ledger))
    found = [file for given in watch.paths for path in expanded(given) for file in find(path)]
    versions = {file.path: version for file in found if (version := _version(file.path))}
    changed = [file for file in found if file.path not in versions or versions[file.path] != watch.done.get(file.path)]
    _forget(watch, found)

    def check(_done: int, _total: int) -> None:
        if watch.stop.is_set():
            raise Stopped

    try:
        results = read_found(settings, changed, check)
    except TocsinError as error:
        return Round(problem=str(error))
    for file, result in zip(changed, results, strict=True):
        if file.path in versions and result.state is not State.WAITING and not result.left:
            watch.done[file.path] = versions[file.path]
    news = tuple(result for result in results if _is_news(watch, result))
    return Round(news, tuple(_silences(watch, news, now)))


def _version(path: Path) -> Version | None:
    try:
        now = path.stat()
    except OSError:
        return None
    return now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns


def _forget(watch: Watch, found: Sequence[Found]) -> None:
    """Files that are gone are not remembered."""
    there = {file.path for file in found}
    names = {path_text(path) for path in there}
    watch.done = {path: version for path, version in watch.done.items() if path in there}
    watch.told = {path: note for path, note in watch.told.items() if path in names}
    for path in watch.settings.places.keys() - names:
        del watch.settings.places[path]


def _is_news(watch: Watch, result: FileResult) -> bool:
    """Whether a result is worth a line: rows, or a problem that was not told before."""
    if result.state is State.READ:
        return bool(result.rows or result.quarantined or result.note)
    is_new = watch.told.get(result.path) != result.note
    watch.told[result.path] = result.note
    return is_new and result.state is State.UNREADABLE


def _silences(watch: Watch, news: Sequence[FileResult], now: datetime) -> Iterator[Silence]:
    """Times without rows that have ended with these files, then the one that goes on."""
    sensor = watch.settings.sensor
    for first, last in sorted((file.first, file.last) for file in news if file.first and file.last):
        if watch.last and first - watch.last > watch.quiet:
            yield Silence(sensor=sensor, since=watch.last, until=first)
        watch.last = max(watch.last or last, last)
        watch.is_silent = False
    if watch.last and now - watch.last > watch.quiet and not watch.is_silent:
        watch.is_silent = True
        yield Silence(sensor=sensor, since=watch.last, until=None)
