"""Where the lake lies: in a folder, or on any filesystem that PyArrow knows by a URL such as ``s3://bucket/prefix``.

Paths of the lake's files are given below its root, with ``/`` between the parts, as the manifest has them.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa
from pyarrow import fs

from tocsin.errors import TocsinError, Unreachable, WrongUse

# What Spark's Hadoop calls the filesystems that PyArrow calls by shorter names.
HADOOP = {"s3": "s3a", "gcs": "gs", "abfs": "abfs", "hdfs": "hdfs"}


@dataclass(frozen=True, slots=True)
class Remote:
    """A file of a lake that is no folder: its path on a filesystem, and its URL as Spark reads it."""

    filesystem: fs.FileSystem
    path: str
    url: str


@dataclass(frozen=True, slots=True)
class Place:
    """A lake's root on a filesystem. ``shown`` names it in messages: without credentials, which a URL may hold."""

    filesystem: fs.FileSystem
    root: str
    shown: str
    scheme: str

    @property
    def local(self) -> bool:
        """Whether it is a folder of this machine, where files can be renamed in one step."""
        return self.scheme == "file"

    def path(self, below: str) -> str:
        """Path on the filesystem of a file below the root."""
        return f"{self.root}/{below}"

    def remote(self, below: str) -> Remote:
        """A file below the root of a lake that is no folder."""
        return Remote(self.filesystem, self.path(below), f"{HADOOP.get(self.scheme, self.scheme)}://{self.path(below)}")

    def sizes(self) -> dict[str, int]:
        """Every file below the root with its size in bytes, in one listing.

        Raises Unreachable when the filesystem does not answer.
        """
        selector = fs.FileSelector(self.root, recursive=True, allow_not_found=True)
        with answering(self):
            found = self.filesystem.get_file_info(selector)
        return {info.path[len(self.root) + 1 :]: info.size for info in found if info.type is fs.FileType.File}

    def remove(self, paths: Iterable[str]) -> None:
        """Remove files below the root; one that is gone already is no error."""
        with answering(self):
            for path in paths:
                with suppress(FileNotFoundError):
                    self.filesystem.delete_file(self.path(path))


def place(where: Path | str) -> Place:
    """The place that a path or URL names. Raises WrongUse for a URL that names none."""
    if isinstance(where, Path):
        return Place(fs.LocalFileSystem(), where.absolute().as_posix(), str(where), "file")
    return _by_url(where)


@cache
def _by_url(where: str) -> Place:
    """Once for each URL, so that its connections are used again."""
    parts = urlsplit(where)
    shown = f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
    try:
        filesystem, root = fs.FileSystem.from_uri(where)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError) as error:
        raise WrongUse(f"not a place for a lake: {shown}: {str(error).replace(where, shown)}") from None
    except OSError as error:
        raise Unreachable(f"the lake does not answer: {shown}: {str(error).replace(where, shown)}") from None
    if not root.strip("/"):
        raise WrongUse(f"not a place for a lake: {shown}: name a bucket or folder")
    return Place(filesystem, root.rstrip("/"), shown, parts.scheme)


@contextmanager
def answering(where: Place) -> Iterator[None]:
    """What goes wrong in looking at a lake is told in one line; that a file is not there is for the caller to tell."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Unreachable(f"the lake does not answer: {where.shown}: {_reason(error)}") from None


@contextmanager
def writing(where: Place, kept: str) -> Iterator[None]:
    """What goes wrong in writing a lake is told in one line, with what is ``kept`` in spite of it."""
    try:
        yield
    except OSError as error:
        kind = TocsinError if where.local else Unreachable
        raise kind(f"the lake cannot be written: {where.shown}: {_reason(error)}; {kept}") from None


def _reason(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else str(error)
