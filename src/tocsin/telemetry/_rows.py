"""What a reader gives: rows, and lines that it could not read."""

from dataclasses import dataclass

import pyarrow as pa

from tocsin.records import Record

TEXT_LIMIT = 200


class CutOff(Exception):
    """The end of a file is missing. Rises after all that is there was given."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one table of the vocabulary, with all its columns."""

    record: type[Record]
    rows: pa.Table


@dataclass(frozen=True, slots=True)
class Reject:
    """A line that could not be read: its number from 1, what is wrong, and its beginning."""

    line: int
    reason: str
    text: str


def rejected(line: int, reason: str, text: bytes) -> Reject:
    """A line that could not be read, made fit to be stored and shown.

    >>> rejected(9, "not JSON", b"a\\tb\\x00\\xff")
    Reject(line=9, reason='not JSON', text='a\\\\tb\\\\x00\\\\xff')
    """
    return Reject(line, printable(reason), printable(text[: 4 * TEXT_LIMIT].decode("utf-8", "backslashreplace")))


def printable(text: str) -> str:
    """At most 200 characters of a text, with control characters written out: neither databases nor terminals take them.

    >>> printable("a" * 300)[-3:]
    'aa…'
    """
    shown = escaped(text[: TEXT_LIMIT + 1])
    return shown if len(shown) <= TEXT_LIMIT else shown[: TEXT_LIMIT - 1] + "…"


def escaped(text: str) -> str:
    """A text of any length with control characters written out.

    >>> escaped("a\\x1b[2J")
    'a\\\\x1b[2J'
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
