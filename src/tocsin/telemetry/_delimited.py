"""Rows of values between separators, below header lines that say what the columns are. Quotes have no meaning."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from io import BytesIO
from typing import Protocol, TypeVar

import pyarrow as pa
from pyarrow import csv

from tocsin.errors import Unreadable
from tocsin.telemetry._blocks import Lines, joined
from tocsin.telemetry._rows import Reject, rejected

# A year of hourly logs put together repeats one header; only a made-up file has this many different ones.
MOST_LAYOUTS = 100
MOST_COLUMNS = 1000


class Layout(Hashable, Protocol):
    """What header lines say of the rows below them: the separator, the columns, and what stands for nothing."""

    @property
    def separator(self) -> str: ...
    @property
    def columns(self) -> tuple[str, ...]: ...
    @property
    def nulls(self) -> tuple[str, ...]: ...


AnyLayout = TypeVar("AnyLayout", bound=Layout)


def parse_delimited(
    blocks: Iterable[Lines | Reject],
    layout: AnyLayout,
    heed: Callable[[AnyLayout, bytes], AnyLayout | None],
    mark: bytes,
    flaw: Callable[[AnyLayout], str | None],
    names: Sequence[str],
) -> Iterator[tuple[Lines, pa.Table] | Reject]:
    """Rows with the columns ``names`` as text, with their lines, and the lines that are no such rows.

    ``layout`` holds at the beginning; ``heed`` gives the one after a header line, None for a row, and is only asked
    when a block holds ``mark``; ``flaw`` is why no row below a layout can be read.

    Raises Unreadable for more than 100 different headers.
    """
    seen: set[AnyLayout] = set()
    for block in blocks:
        if isinstance(block, Reject):
            yield block
            continue
        layout, groups = _by_layout(block, layout, heed, mark)
        seen.update(groups)
        if len(seen) > MOST_LAYOUTS:
            raise Unreadable(f"more than {MOST_LAYOUTS} different headers: split it into the logs that it is made of")
        for above, lines in groups.items():
            if found := flaw(above):
                yield from (rejected(number, found, line) for number, line in lines.numbered() if line)
            else:
                yield from _rows(lines, above, names)


def _by_layout(
    block: Lines, layout: AnyLayout, heed: Callable[[AnyLayout, bytes], AnyLayout | None], mark: bytes
) -> tuple[AnyLayout, dict[AnyLayout, Lines]]:
    """The layout at the end of a block, and the rows of the block by the layout above them."""
    if mark not in block.data:
        return layout, {layout: block}
    layout, block = _below_header(block, layout, heed)
    if mark not in block.data:
        return layout, {layout: block} if block.data else {}
    rows: list[tuple[int, bytes]] = []
    groups = {layout: rows}
    for number, line in block.numbered():
        below = heed(layout, line)
        if below is None:
            rows.append((number, line))
        elif below is not layout:
            layout, rows = below, groups.setdefault(below, [])
    return layout, {above: joined(numbered) for above, numbered in groups.items() if numbered}


def _below_header(
    block: Lines, layout: AnyLayout, heed: Callable[[AnyLayout, bytes], AnyLayout | None]
) -> tuple[AnyLayout, Lines]:
    """The layout below the header lines that a block begins with, and the lines below them: mostly all are rows."""
    data, count = block.data, 0
    while end := data.find(b"\n") + 1:
        below = heed(layout, data[: end - 1].removesuffix(b"\r"))
        if below is None:
            break
        layout, data, count = below, data[end:], count + 1
    return layout, Lines(data, block.numbers[count:]) if count else block


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
            null_values=list(layout.nulls),
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
