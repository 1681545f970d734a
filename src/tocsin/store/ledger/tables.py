"""SQL tables of the ledger, derived from the records."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from tocsin.records import LEDGER_TABLES, Kind, LedgerRecord, columns, table_name


class UtcTime(sa.types.TypeDecorator[datetime]):
    """Times go in and come out in UTC; a time without a zone is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """To the database: aware, UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"time without a zone: {value.isoformat()}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """From the database: SQLite gives no zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_SQL: dict[Kind, sa.types.TypeEngine[Any]] = {
    Kind.TEXT: sa.Text(),
    Kind.INTEGER: sa.BigInteger(),
    Kind.NUMBER: sa.Double(),
    Kind.BOOLEAN: sa.Boolean(),
    Kind.TIME: UtcTime(),
    Kind.DAY: sa.Date(),
    Kind.TEXTS: sa.JSON(),
    Kind.INTEGERS: sa.JSON(),
    Kind.JSON: sa.JSON(),
}

METADATA = sa.MetaData()
_TABLES: dict[type[LedgerRecord], sa.Table] = {
    record: sa.Table(
        table_name(record),
        METADATA,
        *(sa.Column(c.name, _SQL[c.kind], primary_key=c.name in key, nullable=c.nullable) for c in columns(record)),
    )
    for record, key in LEDGER_TABLES.items()
}


def sql_table(record: type[LedgerRecord]) -> sa.Table:
    """SQL table of a record."""
    return _TABLES[record]
