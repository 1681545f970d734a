"""Zeek's tab-separated logs: header lines that say what the columns are, and rows."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO

import pyarrow as pa
from pyarrow import csv

from tocsin.errors import Unreadable
from tocsin.telemetry._blocks import Lines, joined
from tocsin.telemetry._rows import Reject, rejected

# A year of hourly logs put together repeats one header; only a made-up file has this many different ones.
MOST_LAYOUTS = 100
MOST_COLUMNS = 1000


@dataclass(frozen=True, slots=True)
class Layout:
    """What the header lines above a row say."""

    separator: str = "\t"
    unset: str = "-"
    empty: str = "(empty)"
    path: str | None = None
    columns: tuple[str, ...] = ()

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
        return replace(layout, columns=tuple(values[: MOST_COLUMNS + 1]))
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
    layout = Layout()
    seen: set[Layout] = set()
    for block in blocks:
        if isinstance(block, Reject):
            yield block
            continue
        layout, groups = _by_layout(block, layout)
        seen.update(groups)
        if len(seen) > MOST_LAYOUTS:
            raise Unreadable(f"more than {MOST_LAYOUTS} different headers: split it into the logs that it is made of")
        for above, lines in groups.items():
            flaw = above.flaw(path, required)
            if flaw:
                yield from (rejected(number, flaw, line) for number, line in lines.numbered() if line)
            else:
                yield from _rows(lines, above, names)


def _unescaped(separator: str) -> str:
    return re.sub(r"\\x([0-9a-fA-F]{2})", lambda found: chr(int(found[1], 16)), separator)


def _by_layout(block: Lines, layout: Layout) -> tuple[Layout, dict[Layout, Lines]]:
    """The layout at the end of a block, and the rows of the block by the layout above them."""
    if b"#" not in block.data:
        return layout, {layout: block}
    rows: list[tuple[int, bytes]] = []
    groups = {layout: rows}
    for number, line in block.numbered():
        if not line.startswith(b"#"):
            rows.append((number, line))
        elif (below := heed(layout, line)) is not layout:
            layout, rows = below, groups.setdefault(below, [])
    return layout, {above: joined(numbered) for above, numbered in groups.items() if numbered}


def _rows(lines: Lines, layout: Layout, names: Sequence[str]) -> Iterator[tuple[Lines, pa.Table] | Reject]:
    try:
        table = _table(lines, layout, names)
    except (pa.ArrowInvalid, UnicodeDecodeError):
        fitting = []
        for number, line in lines.numbered():
            misfit = _misfit(line, layout)
            if misfit:
                yield rejected(number, misfit, line)
            elif line:
                fitting.append((number, line))
        if not fitting:
            return
        lines = joined(fitting)
        table = _table(lines, layout, names)
    yield lines, table


def _table(lines: Lines, layout: Layout, names: Sequence[str]) -> pa.Table:
    """Raises ArrowInvalid or UnicodeDecodeError when not every line is one row."""
    if not lines.data.isascii():
        lines.data.decode()
    if b"\r" in lines.data:
        raise pa.ArrowInvalid("pyarrow would take a carriage return for the end of a line")
    table = csv.read_csv(
        BytesIO(lines.data),
        csv.ReadOptions(column_names=list(layout.columns), block_size=len(lines.data) // 2 + 1),
        csv.ParseOptions(delimiter=layout.separator, quote_char=False),
        csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            include_columns=list(names),
            include_missing_columns=True,
            null_values=[layout.unset, layout.empty, ""],
            strings_can_be_null=True,
        ),
    )
    if table.num_rows != len(lines.numbers):
        raise pa.ArrowInvalid("blank lines")
    return table


def _misfit(line: bytes, layout: Layout) -> str | None:
    found = line.count(layout.separator.encode()) + 1
    if line and found != len(layout.columns):
        return f"{len(layout.columns)} columns expected, {found} found"
    if b"\r" in line:
        return "a carriage return stands in it"
    try:
        line.decode()
    except UnicodeDecodeError:
        return "it is not UTF-8"
    return None
