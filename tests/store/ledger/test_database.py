"""The ledger keeps all of a transaction or nothing, whatever happens to the process."""

import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from tocsin.errors import TocsinError, Unreachable, WrongUse
from tocsin.records import Party
from tocsin.store.ledger import Ledger, open_ledger, put, read
from tocsin.workspace import Workspace

# Adds a party, says so while its transaction is open, and waits to be killed.
WRITER = """
import sys
from dataclasses import replace
from tocsin.records import Party
from tocsin.store.ledger import open_ledger, put, read
with open_ledger(sys.argv[1]).write() as connection:
    party = read(connection, Party)[0]
    put(connection, [replace(party, id=f"half-written-{n}") for n in range(5000)])
    print("written", flush=True)
    sys.stdin.read()
"""
OPENER = "import sys; from tocsin.store.ledger import open_ledger; open_ledger(sys.argv[1])"


def _parties(ledger: Ledger) -> list[str]:
    with ledger.look() as connection:
        return [party.id for party in read(connection, Party)]


def _guest(ledger: Ledger) -> Party:
    with ledger.look() as connection:
        return replace(read(connection, Party)[0], id="guest")


def test_a_transaction_that_fails_leaves_nothing(ledger: Ledger) -> None:
    before, guest = _parties(ledger), _guest(ledger)
    with pytest.raises(ZeroDivisionError), ledger.write() as connection:
        put(connection, [guest])
        1 / 0  # noqa: B018  (any error)
    assert _parties(ledger) == before


def test_a_writer_that_is_killed_leaves_nothing(ledger: Ledger, workspace: Workspace) -> None:
    before = _parties(ledger)
    command = [sys.executable, "-c", WRITER, f"sqlite:///{workspace.ledger}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "written\n"
        os.kill(writer.pid, signal.SIGKILL)
    assert writer.returncode == -signal.SIGKILL
    assert _parties(ledger) == before
    with ledger.write() as connection:
        put(connection, [_guest(ledger)])
    assert "guest" in _parties(ledger)


def test_readers_see_the_last_state_while_another_writes(ledger: Ledger) -> None:
    before, guest = _parties(ledger), _guest(ledger)
    with ledger.write() as connection:
        put(connection, [guest])
        assert _parties(ledger) == before
    assert _parties(ledger) == sorted([*before, "guest"])


def test_a_reader_sees_one_state_from_its_first_look_on(ledger: Ledger) -> None:
    guest = _guest(ledger)
    with ledger.look() as looking:
        before = read(looking, Party)
        with ledger.write() as connection:
            put(connection, [guest])
        assert read(looking, Party) == before


def test_writers_wait_for_each_other(ledger: Ledger) -> None:
    guest = _guest(ledger)

    def add_one(number: int) -> None:
        with ledger.write() as connection:
            put(connection, [replace(guest, id=f"guest-{number:02}-{len(read(connection, Party)):02}")])

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(add_one, range(24)))
    assert sorted(int(name[-2:]) for name in _parties(ledger) if name.startswith("guest")) == list(range(2, 26))


def test_several_processes_may_open_a_new_ledger_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    openers = [
        subprocess.Popen([sys.executable, "-c", OPENER, url], stderr=subprocess.PIPE, text=True) for _ in range(4)
    ]
    told = [opener.communicate(timeout=60)[1] for opener in openers]
    assert [opener.returncode for opener in openers] == [0, 0, 0, 0], told


def test_opening_again_changes_nothing(workspace: Workspace, ledger: Ledger) -> None:
    before = _parties(ledger)
    again = open_ledger(workspace.ledger)
    assert _parties(again) == before
    again.close()


def test_the_ledger_of_a_newer_tocsin_is_refused_in_one_line(workspace: Workspace, ledger: Ledger) -> None:
    with ledger.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(WrongUse, match=r"written by a newer Tocsin.*upgrade Tocsin") as told:
        open_ledger(workspace.ledger)
    assert "\n" not in str(told.value)


def test_a_migration_that_fails_half_way_leaves_no_table(tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE measure (id INTEGER)")  # stands in the way of the migration
    connection.close()
    with pytest.raises(Unreachable, match="ledger cannot be opened"):
        open_ledger(f"sqlite:///{file}")
    with sqlite3.connect(file) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    connection.close()
    assert tables == {"measure"}


def test_a_file_that_is_no_database_is_refused_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    file.write_text("no database at all\n" * 100)
    before = file.read_bytes()
    with pytest.raises(Unreachable, match=r"ledger cannot be opened.*file is not a database") as told:
        open_ledger(f"sqlite:///{file}")
    assert "\n" not in str(told.value)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("not a url", WrongUse),
        ("nosuch://host/name", WrongUse),
        ("sqlite:////nowhere/at/all/ledger.db", Unreachable),
        ("postgresql+nosuchdriver://user:secret@127.0.0.1:1/name", WrongUse),
    ],
)
def test_a_wrong_address_is_told_in_one_line_without_its_password(url: str, error: type[TocsinError]) -> None:
    with pytest.raises(error) as told:
        open_ledger(url)
    assert "\n" not in str(told.value)
    assert "secret" not in str(told.value)


def test_sqlite_keeps_what_it_committed_through_a_power_cut(ledger: Ledger) -> None:
    with ledger.engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10000}


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "what? 100% #1"
    folder.mkdir()
    with open_ledger(folder / "ledger.db") as ledger, ledger.look() as connection:
        assert read(connection, Party) == []
    assert (folder / "ledger.db").is_file()


def test_a_ledger_that_is_locked_is_told_of(ledger: Ledger, workspace: Workspace) -> None:
    with sqlite3.connect(str(workspace.ledger), isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        with ledger.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=1")
        with pytest.raises(Unreachable, match="the ledger does not answer") as told, ledger.write():
            pass
        assert "\n" not in str(told.value)
    other.close()
