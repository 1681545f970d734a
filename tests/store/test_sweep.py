"""Files that ceased to count go, and only these."""

from datetime import timedelta

from tests.store.lakes import KEPT, listed, on_disk, three_ingests
from tocsin.records import LakeDiscard
from tocsin.store import sweep as sweeping
from tocsin.store.ledger import Ledger, put, read
from tocsin.store.sweep import sweep
from tocsin.workspace import Workspace


def test_only_what_ceased_to_count_before_goes(workspace: Workspace, ledger: Ledger, monkeypatch: object) -> None:
    three_ingests(workspace, ledger)
    now = workspace.now()
    first, second, third = sorted(listed(ledger))[:3]
    with ledger.write() as connection:
        connection.exec_driver_sql(f"DELETE FROM lake_file WHERE path IN ('{first}', '{second}')")
        put(connection, [LakeDiscard(path=path, since=now, **KEPT) for path in (first, third)])
        put(connection, [LakeDiscard(path=second, since=now + timedelta(hours=1), **KEPT)])
    assert sweep(workspace, ledger, now) == 1
    # The third counts again: it was read again under the name that it had.
    assert on_disk(workspace) == listed(ledger) | {second}
    with ledger.look() as connection:
        assert [row.path for row in read(connection, LakeDiscard)] == [second]


def test_many_files_go_in_several_transactions(workspace: Workspace, ledger: Ledger) -> None:
    rows = [LakeDiscard(path=f"gone-{n}", since=workspace.now(), **KEPT) for n in range(2 * sweeping.TOGETHER + 1)]
    with ledger.write() as connection:
        put(connection, rows)
    assert sweep(workspace, ledger, workspace.now()) == len(rows)
    assert sweep(workspace, ledger, workspace.now()) == 0
