"""The ledger: SQLAlchemy Core over SQLite or PostgreSQL, one SQL table for each record that lies here."""

from tocsin.store.ledger.database import Ledger, open_ledger
from tocsin.store.ledger.rows import add, one, put, read, remove
from tocsin.store.ledger.tables import METADATA, sql_table

__all__ = ["METADATA", "Ledger", "add", "one", "open_ledger", "put", "read", "remove", "sql_table"]
