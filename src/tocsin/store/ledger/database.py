"""Opening the ledger: the connection, its pragmas, and its schema brought up to date by Alembic."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError

from tocsin.errors import Unreachable, WrongUse

MIGRATIONS = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class Ledger:
    """An open ledger. Close it, or use it as a context."""

    engine: sa.Engine

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction: everything in it is kept, or nothing."""
        with _answering(self.engine), self.engine.execution_options(write=True).begin() as connection:
            yield connection

    @contextmanager
    def look(self) -> Iterator[sa.Connection]:
        """A connection to read with."""
        with _answering(self.engine), self.engine.connect() as connection:
            yield connection


@contextmanager
def _answering(engine: sa.Engine) -> Iterator[None]:
    """A database that is locked, full or gone is told of in one line."""
    try:
        yield
    except sa.exc.OperationalError as error:
        raise Unreachable(f"the ledger does not answer: {engine.url}: {error.orig}: try again") from None


def open_ledger(place: Path | str) -> Ledger:
    """Open the ledger in a file or at a URL, and bring its schema up to date.

    Raises Unreachable when the database does not answer or is no database, WrongUse when ``place`` names none that can
    be used here, or when a newer Tocsin wrote it.
    """
    try:
        engine = sa.create_engine(
            place if isinstance(place, str) else sa.URL.create("sqlite", database=str(place)),
            # Rows hold personal data; no error message shows them.
            hide_parameters=True,
        )
    except (sa.exc.ArgumentError, ModuleNotFoundError, ValueError) as error:
        raise WrongUse(f"not a ledger that can be used here: 'ledger' in the settings: {error}") from None
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _sqlite_pragmas)
        sa.event.listen(engine, "begin", _sqlite_begin)
    try:
        _upgrade(engine)
    except sa.exc.DBAPIError as error:
        engine.dispose()
        raise Unreachable(f"ledger cannot be opened: {engine.url}: {error.orig}") from None
    return Ledger(engine)


def _upgrade(engine: sa.Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    head = ScriptDirectory.from_config(config).get_current_head()
    with engine.connect() as connection:
        if MigrationContext.configure(connection).get_current_revision() == head:
            return
    with engine.execution_options(write=True).begin() as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError:
            raise WrongUse(f"ledger was written by a newer Tocsin: {engine.url}: upgrade Tocsin") from None


def _sqlite_pragmas(connection: Any, _: object) -> None:
    """WAL lets readers work while one writes; FULL keeps a committed row through a power cut.

    The time-out comes first, for changing to WAL must wait as well when another process opens the ledger just then.
    """
    connection.isolation_level = None
    for pragma in ("busy_timeout=10000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: sa.Connection) -> None:
    """Begin by hand: sqlite3's own late BEGIN leaves DDL and reads outside. A writer takes the lock at once, for a
    reader that turns writer in mid-transaction can be refused."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("write") else "BEGIN")
