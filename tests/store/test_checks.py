"""What is wrong with a workspace on disk is found and told with what to do."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tocsin.records import Ingest, LakeFile
from tocsin.store.checks import checks
from tocsin.store.ledger import Ledger, put, read
from tocsin.store.outbox import place
from tocsin.workspace import Workspace

KEPT = {"party": "example-provider", "marking": "TLP:AMBER", "source": "test"}
PARQUET = "flow/day=2018-12-21/one-0.parquet"


def _lake_file(workspace: Workspace, ledger: Ledger) -> None:
    size = file.stat().st_size if (file := Path(workspace.lake) / PARQUET).exists() else 0
    row = LakeFile(path=PARQUET, ingest="one", telemetry="flow", day=date(2018, 12, 21), rows=1, bytes=size, **KEPT)
    with ledger.write() as connection:
        put(connection, [row])


def _stray(workspace: Workspace, ledger: Ledger) -> None:
    file = Path(workspace.lake) / PARQUET
    file.parent.mkdir(parents=True)
    pq.write_table(pa.table({"uid": ["one"]}), file)


def _listed(workspace: Workspace, ledger: Ledger) -> LakeFile:
    _stray(workspace, ledger)
    _lake_file(workspace, ledger)
    with ledger.look() as connection:
        return read(connection, LakeFile)[0]


def _shrunk(workspace: Workspace, ledger: Ledger) -> None:
    file = _listed(workspace, ledger)
    with ledger.write() as connection:
        put(connection, [replace(file, bytes=file.bytes + 1)])


def _cut_off(workspace: Workspace, ledger: Ledger) -> None:
    file = _listed(workspace, ledger)
    path = Path(workspace.lake) / file.path
    path.write_bytes(path.read_bytes()[:-8] + b"12345678")


def _other_rows(workspace: Workspace, ledger: Ledger) -> None:
    file = _listed(workspace, ledger)
    with ledger.write() as connection:
        put(connection, [replace(file, rows=2)])


def _quarantined(workspace: Workspace, ledger: Ledger) -> None:
    row = Ingest(
        id="one",
        path="conn.log",
        digest="0",
        format="zeek_conn",
        sensor="s",
        rows=5,
        quarantined=2,
        note=None,
        time=workspace.now(),
        bytes=1000,
        head=None,
        parts=1,
        **KEPT,
    )
    with ledger.write() as connection:
        put(connection, [row])


def _changed_in_the_outbox(workspace: Workspace, ledger: Ledger) -> None:
    with ledger.write() as connection:
        entry = place(
            connection,
            workspace,
            b"as written",
            kind="notice",
            name="notice.json",
            recipient="example-campus",
            address=None,
            marking="TLP:AMBER",
            source="test",
        )
    (workspace.outbox / entry.path).write_bytes(b"as changed")


def test_a_fresh_workspace_passes_every_check(workspace: Workspace, ledger: Ledger) -> None:
    found = list(checks(workspace, ledger))
    assert len(found) >= 7
    assert [check.text for check in found if not check.passed] == []


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_lake_file, "1 files of the lake are missing"),
        (_stray, "1 files in the lake belong to no ingest"),
        (_shrunk, "1 files of the lake have another size than when they were written"),
        (_cut_off, "1 files of the lake cannot be trusted, the first is"),
        (_other_rows, "1 files of the lake cannot be trusted, the first is"),
        (_quarantined, "2 rows of 1 files could not be read, the first is conn.log"),
        (_changed_in_the_outbox, "not as it was written"),
    ],
)
def test_what_is_wrong_is_told_and_the_rest_passes(
    workspace: Workspace, ledger: Ledger, spoil: Callable[[Workspace, Ledger], None], told: str
) -> None:
    spoil(workspace, ledger)
    (failed,) = [check for check in checks(workspace, ledger) if not check.passed]
    assert failed.text.startswith(told)
    assert "\n" not in failed.text


def test_a_file_of_the_lake_that_is_there_and_listed_is_right(workspace: Workspace, ledger: Ledger) -> None:
    _stray(workspace, ledger)
    _lake_file(workspace, ledger)
    assert all(check.passed for check in checks(workspace, ledger))
