"""Files of indicators, read line by line within bounds: plain lists and archives of lists, compressed or not."""

import bz2
import gzip
import lzma
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from tocsin.errors import Unreadable

# A line of a list is an address or a name; what is longer is something else.
LINE_MAX = 4096
# Bounds for what is unpacked: many times the largest public collections, and still an evening's download.
BYTES_MAX = 4 << 30
MEMBERS_MAX = 200_000

_PACKED: dict[bytes, Callable[[Path, str], Any]] = {
    b"\x1f\x8b": gzip.open,
    b"\xfd7zXZ\x00": lzma.open,
    b"BZh": bz2.open,
}
_BROKEN = (EOFError, OSError, lzma.LZMAError, zlib.error, tarfile.TarError)


@dataclass(frozen=True, slots=True)
class Line:
    """A line with something in it, None where it is too long; ``member`` is the file of an archive that it is from."""

    text: str | None
    member: PurePosixPath | None


def lines(path: Path) -> Iterator[Line]:
    """Lines without their comments, which begin with ``#`` or ``;``.

    Raises Unreadable when the file cannot be read, is cut off, or unpacks to more than the bounds.
    """
    left = BYTES_MAX
    try:
        with _unpacked(path) as content:
            for member, stream in _members(content):
                while raw := stream.readline(LINE_MAX + 1):
                    left -= len(raw)
                    if left < 0:
                        raise Unreadable(f"too large: {path}: it unpacks to more than {BYTES_MAX >> 30} GiB: part it")
                    yield from _line(stream, raw, member)
    except _BROKEN as error:
        raise Unreadable(f"cannot be read: {path}: {getattr(error, 'strerror', None) or error}") from None


def family(member: PurePosixPath | None) -> str | None:
    """The family that a file of an archive is called after; parts of one list are numbered.

    >>> family(PurePosixPath("trails/malware/elf_mirai-2.txt"))
    'elf_mirai'
    """
    return re.sub(r"-\d+$", "", member.stem) if member else None


def _line(stream: IO[bytes], raw: bytes, member: PurePosixPath | None) -> Iterator[Line]:
    if len(raw) > LINE_MAX and not raw.endswith(b"\n"):
        while (more := stream.readline(LINE_MAX)) and not more.endswith(b"\n"):
            pass
        yield Line(None, member)
        return
    text = raw.decode("utf-8", "replace").strip()
    if text and text[0] not in "#;":
        yield Line(re.split(r"[\s,;\"']", text.lstrip("\"'"), maxsplit=1)[0], member)


@contextmanager
def _unpacked(path: Path) -> Iterator[IO[bytes]]:
    with path.open("rb") as file:
        magic = file.read(6)
    opener = next((opener for beginning, opener in _PACKED.items() if magic.startswith(beginning)), None)
    with opener(path, "rb") if opener else path.open("rb") as content:
        yield content


def _members(content: IO[bytes]) -> Iterator[tuple[PurePosixPath | None, IO[bytes]]]:
    """The files of an archive one after the other, or the file itself."""
    beginning = content.read(512)
    content.seek(0)
    if beginning[257:262] != b"ustar":
        yield None, content
        return
    with tarfile.open(fileobj=content, mode="r|") as archive:
        for number, member in enumerate(archive):
            if number >= MEMBERS_MAX:
                raise tarfile.TarError(f"it holds more than {MEMBERS_MAX} files")
            stream = archive.extractfile(member) if member.isfile() else None
            if stream is not None:
                yield PurePosixPath(member.name), stream
