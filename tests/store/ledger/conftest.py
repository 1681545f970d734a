"""Example rows of every table: every column filled, and null wherever it may be."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tocsin.records import LEDGER_TABLES, Kind, LedgerRecord, columns

FILLED: dict[Kind, Any] = {
    Kind.TEXT: "Größe “'; DROP TABLE party; --\n\U0001f514",
    Kind.INTEGER: 2**62,
    Kind.NUMBER: 0.1,
    Kind.BOOLEAN: True,
    Kind.TIME: datetime(2018, 12, 21, 23, 59, 59, 999999, tzinfo=UTC),
    Kind.DAY: date(2018, 12, 21),
    Kind.TEXTS: ["b", "a", ""],
    Kind.INTEGERS: [2**62, 0, -1],
    Kind.JSON: {"text": "ü", "null": None, "numbers": [1, 2.5, []], "deep": {"yes": True}},
}
TABLES = sorted(LEDGER_TABLES, key=lambda record: record.__name__)


@pytest.fixture(params=TABLES, ids=[record.__name__ for record in TABLES])
def record(request: pytest.FixtureRequest) -> type[LedgerRecord]:
    """Each table of the ledger in turn."""
    found: type[LedgerRecord] = request.param
    return found


@pytest.fixture
def filled(record: type[LedgerRecord]) -> LedgerRecord:
    """A row of that table with every column filled."""
    return record(**{column.name: FILLED[column.kind] for column in columns(record)})


@pytest.fixture
def sparse(record: type[LedgerRecord]) -> LedgerRecord:
    """A row of that table with null wherever it may be, and another key than the filled one."""
    other: dict[Kind, Any] = {Kind.TEXT: "other", Kind.INTEGER: 2}
    key = LEDGER_TABLES[record][0]
    values: dict[str, Any] = {
        column.name: other[column.kind] if column.name == key else None if column.nullable else FILLED[column.kind]
        for column in columns(record)
    }
    return record(**values)
