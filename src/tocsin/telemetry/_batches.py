"""Rows of a reader become a batch of their table."""

import pyarrow as pa

from tocsin.records import OPEN_TABLES, Record, arrow_schema
from tocsin.telemetry._rows import Batch


def batch(record: type[Record], rows: pa.Table, sensor: str) -> Batch:
    """Rows that a sensor saw. Columns that they lack are null, those that the record lacks are left away."""
    schema = arrow_schema(record)
    rows = rows.append_column("sensor", pa.repeat(sensor, rows.num_rows))
    for field in schema:
        if field.name not in rows.column_names:
            rows = rows.append_column(field.name, pa.nulls(rows.num_rows, field.type))
    return Batch(record, rows.select(schema.names))


def still_open(found: Batch) -> Batch:
    """The same rows, as ones of exchanges that had not ended."""
    return Batch(OPEN_TABLES.get(found.record, found.record), found.rows)
