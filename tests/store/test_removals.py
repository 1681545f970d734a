"""What was removed is counted by table and day."""

from tests.store.lakes import NEW, OLD
from tocsin.records import Removal
from tocsin.store.ledger import Ledger, read
from tocsin.store.removals import record, removals
from tocsin.workspace import Workspace


def test_one_record_for_each_table_and_day(workspace: Workspace) -> None:
    gone = [("flow", NEW, 3), ("flow", OLD, 1), ("flow", NEW, 4), ("dns", NEW, 5)]
    found = removals(workspace, "expire", "telemetry", "asked for", gone)
    assert [(row.telemetry, row.day, row.files, row.rows) for row in found] == [
        ("dns", NEW, 1, 5),
        ("flow", OLD, 1, 1),
        ("flow", NEW, 2, 7),
    ]


def test_the_same_at_the_same_moment_is_two_records(workspace: Workspace, ledger: Ledger) -> None:
    found = removals(workspace, "undo", "one", "conn.log", [("flow", NEW, 3)])
    with ledger.write() as connection:
        kept = record(connection, found) + record(connection, found)
        assert len({row.id for row in kept}) == 2
        assert len(read(connection, Removal)) == 2
