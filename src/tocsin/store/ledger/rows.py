"""Rows of the ledger go in and come out as records."""

from collections.abc import Iterable
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from tocsin.records import LEDGER_TABLES, LedgerRecord, columns
from tocsin.store.ledger.tables import sql_table

R = TypeVar("R", bound=LedgerRecord)


def add(connection: sa.Connection, rows: Iterable[LedgerRecord]) -> None:
    """Add new rows, of any tables. Raises sqlalchemy.exc.IntegrityError when one is there already."""
    for record, values in _by_table(rows).items():
        connection.execute(sa.insert(sql_table(record)), values)


def put(connection: sa.Connection, rows: Iterable[LedgerRecord]) -> None:
    """Add rows, of any tables; a row that is there already is replaced."""
    dialect = {"sqlite": sqlite, "postgresql": postgresql}[connection.dialect.name]
    for record, values in _by_table(rows).items():
        key = LEDGER_TABLES[record]
        statement = dialect.insert(sql_table(record))
        others = {c.name: statement.excluded[c.name] for c in columns(record) if c.name not in key}
        connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=others), values)


def read(connection: sa.Connection, record: type[R], *where: sa.ColumnElement[bool], **equal: object) -> list[R]:
    """Rows of a table, in the order of its key; ``equal`` names columns and the values that they must have."""
    table = sql_table(record)
    conditions = [*where, *(table.c[name] == value for name, value in equal.items())]
    query = sa.select(table).where(*conditions).order_by(*(table.c[name] for name in LEDGER_TABLES[record]))
    return [record(**row) for row in connection.execute(query).mappings()]


def one(connection: sa.Connection, record: type[R], **equal: object) -> R | None:
    """The first row that has these values, or None."""
    return next(iter(read(connection, record, **equal)), None)


def remove(connection: sa.Connection, record: type[LedgerRecord], **equal: object) -> int:
    """Remove the rows that have these values; returns how many there were."""
    table = sql_table(record)
    statement = sa.delete(table).where(*(table.c[name] == value for name, value in equal.items()))
    return connection.execute(statement).rowcount


def _by_table(rows: Iterable[LedgerRecord]) -> dict[type[LedgerRecord], list[dict[str, object]]]:
    tables: dict[type[LedgerRecord], list[dict[str, object]]] = {}
    for row in rows:
        values = {column.name: getattr(row, column.name) for column in columns(type(row))}
        tables.setdefault(type(row), []).append(values)
    return tables
