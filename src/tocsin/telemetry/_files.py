"""Which files are meant by the paths that a user names."""

import glob
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tocsin.telemetry._rows import escaped

PARTIAL = (".part", ".partial", ".tmp", ".crdownload", ".filepart")


@dataclass(frozen=True, slots=True)
class Found:
    """A file to read. ``problem`` says why it cannot be; ``named`` is false for what lay in a folder."""

    path: Path
    size: int
    named: bool
    problem: str | None = None

    @property
    def is_partial(self) -> bool:
        """Whether its name says that somebody is writing it, as nfcapd, rsync and browsers name such files."""
        return not self.named and (self.path.name.startswith("nfcapd.current") or self.path.suffix in PARTIAL)


def expanded(path: Path) -> list[Path]:
    """The path itself, or what it stands for as a pattern: ``*`` and ``?`` within a name, ``**`` for folders."""
    if path.exists() or not glob.has_magic(str(path)):
        return [path]
    found = glob.glob(str(path), recursive=True)  # noqa: PTH207  (Path.glob takes no absolute pattern)
    return [Path(name) for name in sorted(found)] or [path]


def find(path: Path) -> Iterator[Found]:
    """The file ``path``, or the files below it, by name; hidden ones and links to other folders are left out."""
    if not path.is_dir():
        yield _look(path, named=True)
        return
    denied: list[OSError] = []
    for folder, folders, files in os.walk(path, onerror=denied.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith("."):
                yield _look(Path(folder, name), named=False)
    for error in denied:
        yield Found(Path(error.filename), 0, named=True, problem=reason(error))


def reason(error: OSError) -> str:
    """What the system says of a file, in lower case."""
    return (error.strerror or str(error)).lower()


def path_text(path: Path) -> str:
    """A path as text that can be stored and shown; control characters and bytes that are not UTF-8 are written out."""
    return escaped(os.fsencode(path.absolute()).decode("utf-8", "backslashreplace"))


def _look(path: Path, named: bool) -> Found:
    try:
        size = path.stat().st_size
    except OSError as error:
        return Found(path, 0, named, reason(error))
    # Opening a pipe would wait for somebody to write to it.
    problem = "it is no regular file" if not path.is_file() else None if size else "it is empty"
    return Found(path, size, named, problem)
