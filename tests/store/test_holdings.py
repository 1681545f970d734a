"""What the lake holds is said table by table."""

from datetime import datetime
from pathlib import Path

from tests.store.lakes import HOST, NEW, OLD, OPERATIONS, fill, lease, three_ingests
from tocsin.records import Lease
from tocsin.store.compaction import compact
from tocsin.store.holdings import holdings
from tocsin.store.ledger import Ledger
from tocsin.workspace import Workspace


def test_each_table_has_its_size_its_days_and_what_there_is_to_do(workspace: Workspace, ledger: Ledger) -> None:
    three_ingests(workspace, ledger)
    fill(workspace, ledger, "leases", [lease(HOST, "a", datetime(2018, 12, 21), None)], Lease)
    (Path(workspace.lake) / "flow/day=2018-12-14/left.parquet").touch()
    with ledger.look() as connection:
        found = holdings(connection, workspace)
    flows, leases = found.tables
    assert (flows.telemetry, flows.days, flows.files, flows.rows) == ("flow", 2, 6, 300)
    assert (flows.oldest, flows.newest, flows.past_days, flows.past_rows) == (OLD, NEW, 1, 150)
    assert flows.bytes == sum(p.stat().st_size for p in (Path(workspace.lake) / "flow").rglob("*.parquet"))
    # A file that is alone on its day has nothing to be put together with.
    assert (flows.small_share, leases.small_share) == (1, 0)
    assert (found.strays, found.waiting) == (("flow/day=2018-12-14/left.parquet",), 0)


def test_evidence_is_a_table_of_its_own_and_compacted_files_wait(workspace: Workspace, ledger: Ledger) -> None:
    three_ingests(workspace, ledger)
    OPERATIONS["expire"](workspace, ledger)
    compact(workspace, ledger)
    with ledger.look() as connection:
        found = holdings(connection, workspace)
    assert [(table.telemetry, table.files, table.rows, table.small_share) for table in found.tables] == [
        ("evidence_flow", 1, 75, 0),
        ("flow", 1, 150, 0),
    ]
    assert (found.waiting, found.strays) == (6, ())
