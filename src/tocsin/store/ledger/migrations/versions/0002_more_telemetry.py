"""What more kinds of telemetry and more behaviours need."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "text": sa.Text(),
    "integer": sa.BigInteger(),
    "number": sa.Double(),
    "boolean": sa.Boolean(),
    "time": sa.DateTime(timezone=True),
    "day": sa.Date(),
    "json": sa.JSON(),
}

# name:type for each column; * stands before the columns of the key, ? behind the types that may be null.
_NEW_TABLES: dict[str, str] = {
    "source_file": "*path:text *sensor:text identity:text size:integer modified:integer ingest:text"
    " party:text marking:text source:text",
    "lake_share": "party:text marking:text source:text *path:text *ingest:text rows:integer",
    "lake_discard": "party:text marking:text source:text *path:text since:time",
    "removal": "party:text marking:text source:text *id:text time:time kind:text about:text telemetry:text day:day "
    "files:integer rows:integer reason:text",
    "candidate": (
        "party:text marking:text source:text *id:text subject:json behaviour:text day:day score:number peers:json "
        "evidence:json detector:text"
    ),
    "indicator_list": (
        "party:text marking:text source:text *id:text path:text digest:text indicators:integer kinds:json "
        "refused:json confidence:integer until:day? first:time imported:time"
    ),
    "looked": "party:text marking:text source:text *detector:text *day:day basis:text",
}

# Columns that tables get: name:type, and ? or, behind =, what rows that are there already have in it.
_NEW_COLUMNS: dict[str, str] = {
    "finding": "sides:json=[]",
    "rule": "removed:day?",
    "ingest": "bytes:integer=0 head:text? parts:integer=1",
    "coverage": "hours:json=[]",
}


def upgrade() -> None:
    """Create the tables and add the columns."""
    for table, words in _NEW_TABLES.items():
        op.create_table(table, *(_column(word) for word in words.split()))
    for table, words in _NEW_COLUMNS.items():
        # Anew and copied where a database cannot drop the default again, as SQLite cannot.
        with op.batch_alter_table(table) as altered:
            for word in words.split():
                altered.add_column(_column(word))
        with op.batch_alter_table(table) as altered:
            for word in words.split():
                if "=" in word:
                    altered.alter_column(word.split(":")[0], server_default=None)


def _column(word: str) -> sa.Column[Any]:
    definition, _, before = word.partition("=")
    name, kind = definition.lstrip("*").rstrip("?").split(":")
    default = sa.text(f"'{before}'") if before else None
    return sa.Column(
        name,
        _TYPES[kind],
        primary_key=word.startswith("*"),
        nullable=definition.endswith("?"),
        server_default=default,
    )
