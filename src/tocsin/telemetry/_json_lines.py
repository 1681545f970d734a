"""Logs with one JSON object a line, as Zeek and Suricata write them.

Lines are parsed whole; when that is refused they are halved, until the bad ones stand among few enough to read those
one by one.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

import pyarrow as pa
from pyarrow import json as arrow_json

from tocsin.telemetry._blocks import LONGEST_LINE, Lines, joined
from tocsin.telemetry._rows import Reject, rejected

ONE_BY_ONE = 32
# Blocks are parsed side by side; a line must fit into one.
BLOCK = LONGEST_LINE + 2


def parse_json(
    blocks: Iterable[Lines | Reject], types: Mapping[str, pa.DataType]
) -> Iterator[tuple[Lines, pa.Table] | Reject]:
    """The members of each object that ``types`` names, with their lines, and the lines that are no such object.

    Columns have these types; where some value is of another, they are text, lists of text and structures of text.
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
            yield from _one_by_one(numbered, pa.schema(types))
            return
        half = len(numbered) // 2
        for part in (numbered[:half], numbered[half:]):
            yield from _rows(joined(part), types)


def _table(lines: Lines, types: Mapping[str, pa.DataType]) -> pa.Table:
    """Raises ArrowInvalid or UnicodeDecodeError when not every line is one object with members of these types."""
    data = lines.data
    if not data.isascii():
        data.decode()
    # Zeek writes times as numbers or, with JSON::TS_ISO8601, as text; Arrow must be told which.
    head = data[:4096]
    numbers = [name for name, kind in types.items() if pa.types.is_floating(kind)]
    times = {name: pa.string() for name in numbers if re.search(rb'"%s"\s*:\s*"' % re.escape(name).encode(), head)}
    table = arrow_json.read_json(
        BytesIO(data),
        arrow_json.ReadOptions(block_size=BLOCK),
        arrow_json.ParseOptions(explicit_schema=pa.schema({**types, **times}), unexpected_field_behavior="ignore"),
    )
    if not len(lines.numbers) == table.num_rows == data.count(b"\n{") + 1:
        raise pa.ArrowInvalid("objects and lines are not the same")
    return table


def _one_by_one(numbered: Sequence[tuple[int, bytes]], schema: pa.Schema) -> Iterator[tuple[Lines, pa.Table] | Reject]:
    good: list[tuple[int, bytes]] = []
    rows: list[dict[str, Any]] = []
    for number, line in numbered:
        try:
            rows.append(_row(line, schema))
            good.append((number, line))
        except (ValueError, RecursionError) as error:
            yield rejected(number, f"not a JSON object of plain values: {error}", line)
    if good:
        as_text = pa.schema([(field.name, _of_text(field.type)) for field in schema])
        yield joined(good), pa.Table.from_pylist(rows, schema=as_text)


def _row(line: bytes, schema: pa.Schema) -> dict[str, Any]:
    """Values as text, numbers as they are written. Raises ValueError for what is no object, or has other values."""
    row = json.loads(line, parse_int=str, parse_float=str, parse_constant=str, strict=False)
    if not isinstance(row, dict):
        raise ValueError("it is no object")
    return {field.name: _value(row.get(field.name), field.type, field.name) for field in schema}


def _value(value: Any, kind: pa.DataType, name: str) -> Any:
    if value is None:
        return None
    if pa.types.is_struct(kind):
        if not isinstance(value, dict):
            raise ValueError(f"{name} is no object")
        return {field.name: _value(value.get(field.name), field.type, f"{name}.{field.name}") for field in kind}
    if pa.types.is_list(kind):
        if not isinstance(value, list):
            raise ValueError(f"{name} is no list")
        return [_value(item, kind.value_type, name) for item in value]
    return _plain(value, kind, name)


def _plain(value: Any, kind: pa.DataType, name: str) -> str:
    if isinstance(value, bool) and pa.types.is_boolean(kind):
        return str(value).lower()
    if not isinstance(value, str):
        raise ValueError(f"{name} is no text and no number")
    value.encode()
    return value


def _of_text(kind: pa.DataType) -> pa.DataType:
    """The same shape with text at its ends."""
    if pa.types.is_struct(kind):
        return pa.struct([(field.name, _of_text(field.type)) for field in kind])
    return pa.list_(_of_text(kind.value_type)) if pa.types.is_list(kind) else pa.string()
