"""An ingest: files and folders become rows of the lake, once each."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cache, partial
from pathlib import Path

from tocsin.errors import WrongUse
from tocsin.parties.directory import Directory, canonical_prefix, directory
from tocsin.store.ledger import Ledger
from tocsin.telemetry._alone import alone
from tocsin.telemetry._files import Found, expanded, find, path_text
from tocsin.telemetry._future import AHEAD
from tocsin.telemetry._growth import seen
from tocsin.telemetry._one_file import read_file
from tocsin.telemetry._pending import Pending
from tocsin.telemetry._settings import AUTO, Settings
from tocsin.telemetry._summary import FileResult, State, Summary
from tocsin.units import units
from tocsin.workspace import Workspace

# The largest rate that sFlow and NetFlow devices can be set to, about.
SPARSEST = 1 << 24

# Is told the bytes that are done and the bytes of all files. What it raises stops the ingest: nothing half-read counts.
Progress = Callable[[int, int], None]


def ingest(
    workspace: Workspace,
    ledger: Ledger,
    paths: Sequence[Path],
    *,
    sensor: str | None = None,
    sampling: int = 1,
    networks: Sequence[str] = (),
    format: str = AUTO,  # noqa: A002  (it is what the user calls it)
    progress: Progress = lambda _done, _total: None,
) -> Summary:
    """Read files, folders and patterns into the lake. What was read before is skipped, so it can be run at any time.

    ``sensor`` is the name of what saw the traffic; without one, the operator party's id. ``sampling``: 1 in how many
    packets it looked at, where the source does not state that itself. ``networks``: the prefixes that it watched;
    without any, those of the directory that are seen in the data. ``format``: name of a reader; ``auto`` asks every
    reader.

    A log that is still being written is read up to its last whole line; the next run goes on from there. A file that
    cannot be read is a result in the summary and stops no other. Raises WrongUse for an unknown format, a sampling rate
    that is none and a prefix that is none; TocsinError when lake or ledger cannot be written.
    """
    settings = checked(workspace, ledger, sensor, sampling, networks, format)
    found = [(path, list(find(path))) for given in paths for path in expanded(given)]
    results = read_found(settings, [file for _, files in found for file in files], progress)
    return Summary(tuple(_told(found, iter(results))))


def checked(
    workspace: Workspace, ledger: Ledger, sensor: str | None, sampling: int, networks: Sequence[str], format_: str
) -> Settings:
    """What holds for all files of an ingest. Raises WrongUse as ``ingest`` does."""
    if not 1 <= sampling <= SPARSEST:
        raise WrongUse(f"not a sampling rate: {sampling}: give the N of 1 in N packets, from 1 to {SPARSEST:,}")
    if format_ != AUTO and format_ not in units("tocsin.telemetry"):
        raise WrongUse(f"no such format: {format_}: choose {AUTO}, {', '.join(units('tocsin.telemetry'))}")
    watched = tuple(dict.fromkeys(canonical_prefix(network) for network in networks))
    name, latest = sensor or workspace.party, workspace.now() + AHEAD
    return Settings(workspace, ledger, name, sampling, watched, format_, directories(ledger), latest)


def read_found(settings: Settings, files: Sequence[Found], progress: Progress) -> list[FileResult]:
    """What became of each file, in their order."""
    total, done = sum(file.size for file in files), 0
    results: dict[int, FileResult] = {}
    then = seen(settings, [path_text(file.path) for file in files])
    left = list(enumerate(files))[::-1]
    while left:
        with alone(settings.workspace.folder, partial(progress, done, total)), Pending(settings) as pending:
            numbers = []
            while left and not pending.is_full:
                number, file = left.pop()
                if result := read_file(
                    settings, pending, file, then.get(path_text(file.path)), _shifted(progress, done, total)
                ):
                    results[number] = result
                else:
                    numbers.append(number)
                done += file.size
                progress(done, total)
            pending.commit()
            results |= zip(numbers, pending.results, strict=True)
    return [results[number] for number in range(len(files))]


def _told(found: Sequence[tuple[Path, list[Found]]], results: Iterator[FileResult]) -> Iterator[FileResult]:
    """The results, and one more for each folder that holds nothing to read."""
    for path, files in found:
        below = [next(results) for _ in files]
        yield from below
        if path.is_dir() and all(result.state in (State.PASSED_OVER, State.UNREADABLE) for result in below):
            note = "it holds no file that a reader knows"
            yield FileResult(path=path_text(path), state=State.UNREADABLE, note=note)


def directories(ledger: Ledger) -> Callable[[date], Directory]:
    """The directory as of a day, looked up once for each."""

    @cache
    def held(day: date) -> Directory:
        with ledger.look() as connection:
            return directory(connection, day)

    return held


def _shifted(progress: Progress, before: int, total: int) -> Callable[[int], None]:
    return lambda read: progress(before + read, total)
