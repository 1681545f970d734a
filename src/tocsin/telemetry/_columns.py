"""Columns of a source become columns of the vocabulary; rows with a value that makes no sense are told apart."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.telemetry._blocks import Lines
from tocsin.telemetry._rows import Reject, rejected
from tocsin.telemetry._values import TEXT, Parser, Values


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a source: its name there, its column in the vocabulary, how it is parsed, and what it has to be.

    ``json`` is the type that JSON has it in; text has it as text. ``largest`` bounds what is parsed. ``lenient`` is
    for what hosts choose to send: where it makes no sense it is null, and the row stands.
    """

    name: str
    column: str
    parse: Parser
    what: str
    json: pa.DataType = TEXT
    required: bool = False
    largest: int | None = None
    lenient: bool = False


def convert(source: pa.Table, fields: Sequence[Field]) -> tuple[pa.Table, dict[int, str]]:
    """Parse the columns of ``source``; returns the good rows, and for each bad row what is wrong with it first."""
    parsed: dict[str, Values] = {}
    problems: dict[int, str] = {}
    for field in fields:
        raw = _without_blanks(_whole(source[field.name]))
        parsed[field.column] = field.parse(raw)
        for row, problem in _problems(field, raw, parsed[field.column]):
            problems.setdefault(row, problem)
    rows = pa.table(parsed)
    if problems:
        rows = rows.filter(pa.array([row not in problems for row in range(rows.num_rows)]))
    return rows, problems


def converted(lines: Lines, source: pa.Table, fields: Sequence[Field]) -> Iterator[Reject | pa.Table]:
    """The lines of which a value makes no sense, then the good rows. Line and row stand at the same place."""
    rows, problems = convert(source, fields)
    if problems:
        numbered = lines.numbered()
        yield from (rejected(numbered[row][0], problem, numbered[row][1]) for row, problem in sorted(problems.items()))
    yield rows


def replaced(rows: pa.Table, name: str, values: "pa.ChunkedArray[Any] | Values") -> pa.Table:
    """Rows with other values in a column."""
    return rows.set_column(rows.column_names.index(name), name, values)


def _problems(field: Field, raw: Values, parsed: Values) -> Iterator[tuple[int, str]]:
    if field.largest is not None:
        too_large = pc.greater(parsed, pa.scalar(field.largest))
        for row in pc.indices_nonzero(too_large).to_numpy().tolist():
            yield row, f"{field.name} is too large: {str(raw[row].as_py())[:80]!r}"
    if field.lenient or parsed.null_count == (0 if field.required else raw.null_count):
        return
    for row in pc.indices_nonzero(pc.is_null(parsed)).to_numpy().tolist():
        value = raw[row].as_py()
        if value is not None:
            yield row, f"{field.name} is not {field.what}: {str(value)[:80]!r}"
        elif field.required:
            yield row, f"{field.name} is missing"


def _whole(column: "pa.ChunkedArray[Any]") -> Values:
    whole = column.combine_chunks()
    return pa.concat_arrays(whole.chunks) if isinstance(whole, pa.ChunkedArray) else whole


def _without_blanks(values: Values) -> Values:
    """Empty text and empty lists say nothing: they are null."""
    if values.type == TEXT:
        is_blank = pc.equal(values, pa.scalar(""))
    elif pa.types.is_list(values.type):
        is_blank = pc.equal(pc.list_value_length(values), pa.scalar(0))
    else:
        return values
    return pc.if_else(is_blank, pa.scalar(None, values.type), values) if pc.any(is_blank).as_py() else values
