"""Zeek's tab-separated logs: header lines that say what the columns are, and rows."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from tocsin.telemetry._blocks import Lines
from tocsin.telemetry._delimited import MOST_COLUMNS, parse_delimited
from tocsin.telemetry._labels import unpacked
from tocsin.telemetry._rows import Reject


@dataclass(frozen=True, slots=True)
class Layout:
    """What the header lines above a row say."""

    separator: str = "\t"
    unset: str = "-"
    empty: str = "(empty)"
    path: str | None = None
    columns: tuple[str, ...] = ()

    @property
    def nulls(self) -> tuple[str, ...]:
        """What stands for nothing."""
        return self.unset, self.empty, ""

    def flaw(self, path: str, required: Sequence[str]) -> str | None:
        """Why no row below it can be read as one of the log ``path``; None when rows can."""
        if not (self.separator == "\t" or (len(self.separator) == 1 and " " <= self.separator <= "~")):
            return f"the #separator {self.separator!r} is not one printable ASCII character or tab"
        if not self.columns:
            return "no #fields line stands above it"
        if len(self.columns) > MOST_COLUMNS:
            return f"the #fields line names more than {MOST_COLUMNS:,} columns"
        if self.path not in (None, path):
            return f"it is a row of {self.path}.log, not of {path}.log"
        unclear = [name for name in required if self.columns.count(name) != 1]
        return f"the #fields line does not name {unclear[0]} once" if unclear else None


def heed(layout: Layout, line: bytes) -> Layout:
    """The layout after one more header line.

    >>> heed(heed(Layout(), b"#separator \\\\x2c"), b"#path,conn")
    Layout(separator=',', unset='-', empty='(empty)', path='conn', columns=())
    """
    header = line.decode("utf-8", "replace")
    if header.startswith("#separator "):
        return Layout(separator=_unescaped(header.removeprefix("#separator ")))
    word, *values = header.split(layout.separator or "\t")
    if word == "#fields":
        return replace(layout, columns=tuple(map(unpacked, values[: MOST_COLUMNS + 1])))
    match word, values:
        case "#path", [path]:
            return replace(layout, path=path)
        case "#unset_field", [unset]:
            return replace(layout, unset=unset)
        case "#empty_field", [empty]:
            return replace(layout, empty=empty)
    return layout


def parse_tsv(
    blocks: Iterable[Lines | Reject], path: str, names: Sequence[str], required: Sequence[str]
) -> Iterator[tuple[Lines, pa.Table] | Reject]:
    """Rows of the log ``path``: the columns ``names`` as text, with their lines, and the lines that are no such rows.

    Raises Unreadable for more than 100 different headers.
    """
    return parse_delimited(
        blocks,
        Layout(),
        lambda layout, line: heed(layout, line) if line.startswith(b"#") else None,
        b"#",
        lambda layout: layout.flaw(path, required),
        names,
    )


def _unescaped(separator: str) -> str:
    return re.sub(r"\\x([0-9a-fA-F]{2})", lambda found: chr(int(found[1], 16)), separator)
