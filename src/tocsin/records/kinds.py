"""What a table of the vocabulary is made of: records, columns, kinds.

A table is a frozen dataclass. Its fields are the columns; the ``Attributes`` part of its docstring says what each
column means and in which unit. Everything else that needs columns (the lake's Parquet schema, the ledger's SQL
tables, the JSON of a listing, the reference pages) is derived from there, so that a column is written down once.
"""

import inspect
import re
import types
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

import pyarrow as pa


class Kind(Enum):
    """What a column holds. Times are UTC with microseconds; addresses are text in the form of RFC 5952."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIME = "time"
    DAY = "day"
    TEXTS = "texts"
    INTEGERS = "integers"
    JSON = "json"


_KINDS: dict[Any, Kind] = {
    str: Kind.TEXT,
    int: Kind.INTEGER,
    float: Kind.NUMBER,
    bool: Kind.BOOLEAN,
    datetime: Kind.TIME,
    date: Kind.DAY,
}

_LISTS: dict[Any, Kind] = {(str,): Kind.TEXTS, (int,): Kind.INTEGERS}

_ARROW: dict[Kind, pa.DataType] = {
    Kind.TEXT: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.BOOLEAN: pa.bool_(),
    # Without a zone: DuckDB and Spark truncate and subtract plain microseconds alike and fast; UTC by contract.
    Kind.TIME: pa.timestamp("us"),
    Kind.DAY: pa.date32(),
    Kind.TEXTS: pa.list_(pa.string()),
    Kind.INTEGERS: pa.list_(pa.int64()),
    Kind.JSON: pa.string(),
}


# What was worked out once; it is asked for with every batch of rows.
_COLUMNS: "dict[type[Record], tuple[Column, ...]]" = {}
_SCHEMAS: "dict[type[Record], pa.Schema]" = {}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its name, its kind, whether it may be null, and its meaning with its unit."""

    name: str
    kind: Kind
    nullable: bool
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The root of every table: a row is an instance, a table is a subclass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRecord(Record):
    """The root of every table in the ledger.

    Attributes:
        party: id of the party that the row belongs to
        marking: who may see it: a TLP 2.0 label, one of ``TLP:CLEAR`` to ``TLP:RED``
        source: where the row came from: a detector, a file, a person, a partner
    """

    party: str
    marking: str
    source: str


def table_name(record: type[Record]) -> str:
    """Name of a table: the class name in snake case.

    >>> class CaseEvent(Record): ...
    >>> table_name(CaseEvent)
    'case_event'
    """
    return re.sub(r"(?<!^)(?=[A-Z])", "_", record.__name__).lower()


def columns(record: type[Record]) -> tuple[Column, ...]:
    """Columns of a table, in order. Raises TypeError for a field whose type has no kind or that has no meaning."""
    if record not in _COLUMNS:
        _COLUMNS[record] = tuple(_columns(record))
    return _COLUMNS[record]


def _columns(record: type[Record]) -> Iterator[Column]:
    hints = get_type_hints(record)
    meanings = _meanings(record)
    for field in fields(record):
        if field.name not in meanings:
            raise TypeError(f"{record.__name__}.{field.name} has no line under Attributes in the docstring")
        kind, nullable = _kind(hints[field.name])
        yield Column(field.name, kind, nullable, meanings[field.name])


def arrow_schema(record: type[Record]) -> pa.Schema:
    """Parquet and Arrow schema of a table."""
    if record not in _SCHEMAS:
        _SCHEMAS[record] = pa.schema([pa.field(c.name, _ARROW[c.kind], nullable=c.nullable) for c in columns(record)])
    return _SCHEMAS[record]


def _kind(hint: Any) -> tuple[Kind, bool]:
    """Kind of a type hint, and whether it admits None."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType) and types.NoneType in arguments and len(arguments) == 2:
        (inner,) = (a for a in arguments if a is not types.NoneType)
        return _kind(inner)[0], True
    if hint in _KINDS:
        return _KINDS[hint], False
    if origin is list and arguments in _LISTS:
        return _LISTS[arguments], False
    if origin in (list, dict) or (isinstance(hint, type) and issubclass(hint, dict)):
        return Kind.JSON, False
    raise TypeError(f"no kind of column for {hint!r}")


def _meanings(record: type[Record]) -> dict[str, str]:
    """Lines under ``Attributes:`` in the docstrings of a record and of its roots."""
    found: dict[str, str] = {}
    for kind in reversed(record.__mro__):
        text = inspect.cleandoc(kind.__dict__.get("__doc__") or "")
        _, _, attributes = text.partition("Attributes:\n")
        for name, meaning in re.findall(r"^ {4}(\w+): (.+(?:\n {6,}.+)*)", attributes, re.MULTILINE):
            found[name] = re.sub(r"\s+", " ", meaning)
    return found
