"""The records, the SQL tables and the migrations say the same."""

from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from tocsin.records import LEDGER_TABLES, columns
from tocsin.store.ledger import METADATA, Ledger, open_ledger, sql_table


def test_migrations_make_exactly_the_tables_of_the_records(tmp_path: Path) -> None:
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    with ledger.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, METADATA)
    ledger.close()
    assert differences == [], "records and migrations differ: write the next file in store/ledger/migrations/versions"


def test_migrations_make_the_keys_of_the_records(ledger: Ledger) -> None:
    inspector = sa.inspect(ledger.engine)
    made = {table: set(inspector.get_pk_constraint(table)["constrained_columns"]) for table in METADATA.tables}
    assert made == {sql_table(record).name: set(key) for record, key in LEDGER_TABLES.items()}


def test_keys_are_columns_that_are_never_null() -> None:
    for record, key in LEDGER_TABLES.items():
        required = {column.name for column in columns(record) if not column.nullable}
        assert set(key) <= required, record.__name__


def test_every_table_can_be_made_on_postgresql() -> None:
    for table in METADATA.sorted_tables:
        assert "CREATE TABLE" in str(
            sa.schema.CreateTable(table).compile(dialect=sa.make_url("postgresql://").get_dialect()())
        )
