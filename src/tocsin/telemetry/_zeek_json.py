"""Zeek's JSON logs: one object a line.

Lines are parsed whole; when that is refused they are halved, until the bad ones stand among few enough to read those
one by one.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO

import pyarrow as pa
from pyarrow import json as arrow_json

from tocsin.telemetry._blocks import Lines, joined
from tocsin.telemetry._rows import Reject, rejected

ONE_BY_ONE = 32


def parse_json(
    blocks: Iterable[Lines | Reject], types: Mapping[str, pa.DataType]
) -> Iterator[tuple[Lines, pa.Table] | Reject]:
    """The members of each object that ``types`` names, with their lines, and the lines that are no JSON object.

    Columns have these types, or are text where some value is of another.
    """
    for block in blocks:
        if isinstance(block, Reject):
            yield block
        else:
            yield from _rows(block, types)


def _rows(lines: Lines, types: Mapping[str, pa.DataType]) -> Iterator[tuple[Lines, pa.Table] | Reject]:
    try:
        yield lines, _table(lines, types)
    except (pa.ArrowInvalid, UnicodeDecodeError):
        numbered = [(number, line) for number, line in lines.numbered() if line.strip()]
        if len(numbered) <= ONE_BY_ONE:
            yield from _one_by_one(numbered, list(types))
            return
        half = len(numbered) // 2
        for part in (numbered[:half], numbered[half:]):
            yield from _rows(joined(part), types)


def _table(lines: Lines, types: Mapping[str, pa.DataType]) -> pa.Table:
    """Raises ArrowInvalid or UnicodeDecodeError when not every line is one object with members of these types."""
    data = lines.data
    data.decode()
    # Zeek writes times as numbers or, with JSON::TS_ISO8601, as text; Arrow must be told which.
    times = {"ts": pa.string()} if re.search(rb'"ts"\s*:\s*"', data[:4096]) else {}
    table = arrow_json.read_json(
        BytesIO(data),
        arrow_json.ReadOptions(block_size=len(data) // 2 + 1),
        arrow_json.ParseOptions(explicit_schema=pa.schema({**types, **times}), unexpected_field_behavior="ignore"),
    )
    if not len(lines.numbers) == table.num_rows == data.count(b"\n{") + 1:
        raise pa.ArrowInvalid("objects and lines are not the same")
    return table


def _one_by_one(
    numbered: Sequence[tuple[int, bytes]], names: Sequence[str]
) -> Iterator[tuple[Lines, pa.Table] | Reject]:
    good: list[tuple[int, bytes]] = []
    rows: list[list[str | None]] = []
    for number, line in numbered:
        try:
            rows.append(_row(line, names))
            good.append((number, line))
        except (ValueError, RecursionError) as error:
            yield rejected(number, f"not a JSON object of plain values: {error}", line)
    if good:
        columns = zip(*rows, strict=True)
        yield (
            joined(good),
            pa.table({name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)}),
        )


def _row(line: bytes, names: Sequence[str]) -> list[str | None]:
    """Values as text, numbers as they are written. Raises ValueError for what is no object, or has other values."""
    row = json.loads(line, parse_int=str, parse_float=str, parse_constant=str, strict=False)
    if not isinstance(row, dict):
        raise ValueError("it is no object")
    for name in names:
        value = row.get(name)
        if value is not None and not isinstance(value, str):
            raise ValueError(f"{name} is no text and no number")
        (value or "").encode()
    return [row.get(name) for name in names]
