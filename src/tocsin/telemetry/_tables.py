"""Tables of values between commas, below a line that names the columns. Quotes have no meaning."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from tocsin.telemetry._blocks import Lines
from tocsin.telemetry._columns import Field, converted
from tocsin.telemetry._delimited import MOST_COLUMNS, parse_delimited
from tocsin.telemetry._leases import Saying
from tocsin.telemetry._rows import Reject, rejected
from tocsin.telemetry._values import INTEGER, text

_NO_HEADER = "no header line stands above it"
_PLACE = Field("place", "place", text, "a number", INTEGER)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Header:
    """What the header line above a row says."""

    columns: tuple[str, ...] = ()
    separator: str = ","
    nulls: tuple[str, ...] = ("",)


def columns_of(line: bytes, needed: Sequence[str]) -> Header | None:
    """What a header line says; None for a line that does not name all columns that are needed, each once.

    >>> columns_of(b"address,expire\\r", ["expire"]).columns
    ('address', 'expire')
    """
    columns = tuple(line.decode("utf-8", "replace").removeprefix("\ufeff").rstrip("\r").split(",")[: MOST_COLUMNS + 1])
    return Header(columns) if all(columns.count(name) == 1 for name in needed) else None


def sayings(
    blocks: Iterable[Lines | Reject],
    needed: Sequence[str],
    fields: Sequence[Field],
    said: Callable[[int, bytes, Row], Saying | str | None],
) -> Iterator[Saying | Reject]:
    """What ``said`` makes of the number, the line and the values of each row; a text is what is wrong with it.

    Raises Unreadable for more than 100 different headers.
    """
    names = list(dict.fromkeys(field.name for field in fields))
    mark = needed[0].encode()
    parsed = parse_delimited(blocks, Header(), lambda _, line: columns_of(line, needed), mark, _flaw, names)
    for part in parsed:
        if isinstance(part, Reject):
            yield part
            continue
        lines, rows = part
        placed = rows.append_column("place", pa.array(range(rows.num_rows), INTEGER))
        for good in converted(lines, placed, (*fields, _PLACE)):
            if isinstance(good, Reject):
                yield good
            else:
                yield from _said(lines, good, said)


def _said(
    lines: Lines, rows: pa.Table, said: Callable[[int, bytes, Row], Saying | str | None]
) -> Iterator[Saying | Reject]:
    numbered = lines.numbered()
    for row in rows.to_pylist():
        number, line = numbered[row["place"]]
        found = said(number, line, row)
        if isinstance(found, str):
            yield rejected(number, found, line)
        elif found is not None:
            yield found


def _flaw(above: Header) -> str | None:
    if len(above.columns) > MOST_COLUMNS:
        return f"the header line names more than {MOST_COLUMNS:,} columns"
    return None if above.columns else _NO_HEADER
