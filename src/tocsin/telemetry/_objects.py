"""JSON with one object a line, of which some members are wanted, those of inner objects by dotted names.

A block is parsed whole, with the types that its first line shows; when that is refused, line by line.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import json as arrow_json

from tocsin.telemetry._blocks import Lines, joined
from tocsin.telemetry._rows import Reject, rejected
from tocsin.telemetry._values import TEXT

LINES_TRIED = 20
_KINDS = {str: TEXT, int: pa.int64(), float: pa.float64()}

Object = Mapping[str, Any]


def first_object(head: bytes) -> Object:
    """The first line of content that is an object, or an empty one when none of the first lines is."""
    for line in head.split(b"\n")[:LINES_TRIED]:
        if line.lstrip().startswith(b"{"):
            try:
                return _object(line)
            except (ValueError, RecursionError):
                continue
    return {}


def member(found: Object, name: str) -> Any:
    """A member by its dotted name; None where there is none.

    >>> member({"one": {"two": 3}}, "one.two")
    3
    """
    value: Any = found
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def parse_objects(blocks: Iterable[Lines | Reject], names: Sequence[str]) -> Iterator[tuple[Lines, pa.Table] | Reject]:
    """The members ``names`` of each object, as text, with the lines; and lines that are no objects of plain values."""
    for block in blocks:
        if isinstance(block, Reject):
            yield block
            continue
        try:
            yield block, _table(block, names)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, UnicodeDecodeError, ValueError, RecursionError):
            yield from _one_by_one(block, names)


def _table(lines: Lines, names: Sequence[str]) -> pa.Table:
    """Raises ArrowInvalid and the like when not every line is one object with members of the first one's types."""
    data = lines.data
    data.decode()
    first = _object(data[: data.find(b"\n")])
    table = arrow_json.read_json(
        BytesIO(data),
        arrow_json.ReadOptions(block_size=len(data) + 1),
        arrow_json.ParseOptions(explicit_schema=_schema(first, names), unexpected_field_behavior="ignore"),
    )
    if not len(lines.numbers) == table.num_rows == data.count(b"\n{") + 1:
        raise pa.ArrowInvalid("objects and lines are not the same")
    return pa.table({name: _column(table, name) for name in names})


def _schema(first: Object, names: Sequence[str]) -> pa.Schema:
    """Types of the wanted members, of inner objects too; of what the first object lacks, text."""
    tree: dict[str, Any] = {}
    for name in names:
        *path, last = name.split(".")
        below = tree
        for part in path:
            below = below.setdefault(part, {})
        value = member(first, name)
        if isinstance(value, bool) or (value is not None and type(value) not in _KINDS):
            raise ValueError(f"{name} is no text and no number")
        below[last] = _KINDS.get(type(value), TEXT)
    return pa.schema(_fields(tree))


def _fields(tree: Mapping[str, Any]) -> "list[pa.Field[Any]]":
    return [pa.field(name, pa.struct(_fields(kind)) if isinstance(kind, dict) else kind) for name, kind in tree.items()]


def _column(table: pa.Table, name: str) -> "pa.ChunkedArray[Any]":
    first, *path = name.split(".")
    column = table[first]
    found: pa.ChunkedArray[Any] = pc.struct_field(column, path) if path else column
    return found.cast(TEXT)


def _one_by_one(lines: Lines, names: Sequence[str]) -> Iterator[tuple[Lines, pa.Table] | Reject]:
    good: list[tuple[int, bytes]] = []
    rows: list[list[str | None]] = []
    for number, line in lines.numbered():
        if not line.strip():
            continue
        try:
            rows.append(_row(line, names))
            good.append((number, line))
        except (ValueError, RecursionError) as error:
            yield rejected(number, f"not a JSON object of plain values: {error}", line)
    if good:
        columns = zip(*rows, strict=True)
        yield joined(good), pa.table([pa.array(column, TEXT) for column in columns], names=list(names))


def _row(line: bytes, names: Sequence[str]) -> list[str | None]:
    """Values as text, numbers as they are written. Raises ValueError for what is no object, or has other values."""
    row = _object(line, parse_int=str, parse_float=str, parse_constant=str)
    values = [member(row, name) for name in names]
    for name, value in zip(names, values, strict=True):
        if value is not None and not isinstance(value, str):
            raise ValueError(f"{name} is no text and no number")
        (value or "").encode()
    return values


def _object(line: bytes, **options: Any) -> Object:
    row = json.loads(line, strict=False, **options)
    if not isinstance(row, dict):
        raise ValueError("it is no object")
    return row
