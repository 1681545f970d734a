"""Questions and answers that a log has apart become one row: an answer replaces its question.

The row has the question's time, for it began the exchange. A question that no answer comes to within a minute is a
row without a code. An answer whose question stands in another file, or nowhere, is a row of its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import pyarrow as pa

from tocsin.telemetry._cut import say_cut, until_cut
from tocsin.telemetry._rows import CutOff, Reject

# Resolvers give up after half a minute at most.
PATIENCE_US = 60_000_000
# So many questions wait at most, about 200 MB; only a log whose answers are missing has more.
MOST_WAITING = 1 << 18

Row: TypeAlias = tuple[Any, ...]
_Waiting: TypeAlias = dict[Any, list[Row]]


def answered(parts: Iterable[pa.Table | Reject], keep: Sequence[str] = ()) -> Iterator[pa.Table | Reject]:
    """One row for each exchange; what is rejected passes through.

    A table has the columns ``time`` (microseconds), ``exchange`` (what a question and its answer have in common),
    ``is_answer`` and others. ``keep`` names columns that an answer takes from its question. Raises CutOff as ``parts``
    does, after the questions that still waited.
    """
    waiting: _Waiting = {}
    schema: pa.Schema | None = None
    cuts: list[CutOff] = []
    for part in until_cut(parts, cuts):
        if isinstance(part, Reject):
            yield part
            continue
        schema = part.schema
        yield _table(_exchanges(part, waiting, keep), schema)
    if schema is not None:
        yield _table([row for rows in waiting.values() for row in rows], schema)
    say_cut(cuts)


def _exchanges(part: pa.Table, waiting: _Waiting, keep: Sequence[str]) -> list[Row]:
    names = part.column_names
    at, exchange, is_answer = (names.index(name) for name in ("time", "exchange", "is_answer"))
    kept = [at, *(names.index(name) for name in keep)]
    done: list[Row] = []
    latest = 0
    for row in zip(*(column.to_pylist() for column in part.columns), strict=True):
        latest = max(latest, row[at])
        if not row[is_answer]:
            waiting.setdefault(row[exchange], []).append(row)
            continue
        question, late = _taken(waiting, row[exchange], row[at] - PATIENCE_US, at)
        done += late
        done.append(row if question is None else _joined(row, question, kept))
    return done + _given_up(waiting, latest - PATIENCE_US, at)


def _taken(waiting: _Waiting, key: Any, before: int, at: int) -> tuple[Row | None, list[Row]]:
    """The question that has waited longest for this answer, and those that had waited for too long."""
    asked = waiting.pop(key, [])
    late = [row for row in asked if row[at] < before]
    in_time = [row for row in asked if row[at] >= before]
    if in_time[1:]:
        waiting[key] = in_time[1:]
    return (in_time[0] if in_time else None), late


def _joined(answer: Row, question: Row, kept: Sequence[int]) -> Row:
    joined = list(answer)
    for column in kept:
        joined[column] = question[column]
    return tuple(joined)


def _given_up(waiting: _Waiting, before: int, at: int) -> list[Row]:
    """Those that have waited for too long; they stand first, for they came first."""
    late = []
    surplus = max(0, len(waiting) - MOST_WAITING)
    for place, (key, rows) in enumerate(waiting.items()):
        if place >= surplus and rows[0][at] >= before:
            break
        late.append(key)
    return [row for key in late for row in waiting.pop(key)]


def _table(rows: Sequence[Row], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    table = pa.Table.from_arrays(arrays, schema=schema)
    return table.drop_columns(["exchange", "is_answer"])
