"""An ingest: files and folders become rows of the lake, once each."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from tocsin.errors import WrongUse
from tocsin.parties.directory import Directory, canonical_prefix, directory
from tocsin.store.ledger import Ledger
from tocsin.telemetry._files import find, path_text
from tocsin.telemetry._one_file import read_file
from tocsin.telemetry._settings import AUTO, Settings
from tocsin.telemetry._summary import FileResult, State, Summary
from tocsin.units import units
from tocsin.workspace import Workspace

# The largest rate that sFlow and NetFlow devices can be set to, about.
SPARSEST = 1 << 24

# Is told the bytes that are done and the bytes of all files.
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
    """Read files and folders into the lake. What was read before is skipped, so that it can be run again at any time.

    ``sensor`` is the name of what saw the traffic; without one, the operator party's id. ``sampling``: 1 in how many
    packets it looked at, where the source does not state that itself. ``networks``: the prefixes that it watched;
    without any, those of the directory that are seen in the data. ``format``: name of a reader; ``auto`` asks every
    reader.

    A file that cannot be read is a result in the summary and stops no other. Raises WrongUse for an unknown format, a
    sampling rate that is none and a prefix that is none; TocsinError when lake or ledger cannot be written.
    """
    if not 1 <= sampling <= SPARSEST:
        raise WrongUse(f"not a sampling rate: {sampling}: give the N of 1 in N packets, from 1 to {SPARSEST:,}")
    if format != AUTO and format not in units("tocsin.telemetry"):
        raise WrongUse(f"no such format: {format}: choose {AUTO}, {', '.join(units('tocsin.telemetry'))}")
    watched = tuple(dict.fromkeys(canonical_prefix(network) for network in networks))
    settings = Settings(workspace, ledger, sensor or workspace.party, sampling, watched, format, cache(_held(ledger)))
    found = [(path, list(find(path))) for path in paths]
    total = sum(file.size for _, files in found for file in files)
    results: list[FileResult] = []
    done = 0
    for path, files in found:
        below = []
        for file in files:
            below.append(read_file(settings, file, _shifted(progress, done, total)))
            done += file.size
            progress(done, total)
        results += below
        if path.is_dir() and not any(result.state in (State.READ, State.ALREADY_READ) for result in below):
            note = "it holds no file that a reader knows"
            results.append(FileResult(path=path_text(path), state=State.UNREADABLE, note=note))
    return Summary(tuple(results))


def _held(ledger: Ledger) -> Callable[[date], Directory]:
    def held(day: date) -> Directory:
        with ledger.look() as connection:
            return directory(connection, day)

    return held


def _shifted(progress: Progress, before: int, total: int) -> Callable[[int], None]:
    return lambda read: progress(before + read, total)
