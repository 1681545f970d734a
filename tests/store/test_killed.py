"""Killed at any moment and done again, whatever is done to the lake ends as if it had never been killed."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NOW
from tests.store.lakes import OPERATIONS, contents, listed, on_disk, three_ingests
from tests.store.test_lake import file_size_limit
from tocsin.errors import TocsinError
from tocsin.records import LEDGER_TABLES, LakeDiscard, LakeFile
from tocsin.store import exchange
from tocsin.store.lake import missing
from tocsin.store.ledger import Ledger, open_ledger, read
from tocsin.store.part import begin
from tocsin.workspace import Workspace, create_workspace

# Does something to a lake and ends itself, as kill -9 would, before or after a step.
DRIVER = """
import importlib, os, signal, sys
from pathlib import Path
from tests.store.lakes import OPERATIONS
from tocsin.store.ledger import open_ledger
from tocsin.workspace import open_workspace

folder, operation, moment, module, step = sys.argv[1:]
if step:
    holder = importlib.import_module(module)
    original = getattr(holder, step)
    def stopping(*given, **named):
        if moment == "after":
            original(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(holder, step, stopping)
workspace = open_workspace(Path(folder))
OPERATIONS[operation](workspace, open_ledger(workspace.ledger))
"""
ROOT = Path(__file__).parents[2]


def start(workspace: Workspace, operation: str, moment: str = "", module: str = "", step: str = "") -> Any:
    command = [sys.executable, "-c", DRIVER, str(workspace.folder), operation, moment, module, step]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def state(workspace: Workspace, ledger: Ledger) -> dict[str, Any]:
    """All that there is, once nothing waits to be removed."""
    with ledger.look() as connection:
        assert not missing(connection, workspace.lake)
        tables = {table.__name__: read(connection, table) for table in LEDGER_TABLES}
    rows = [contents(workspace, ledger, name) for name in ("flow", "evidence_flow")]
    return tables | {"rows": rows}


def finished(workspace: Workspace, ledger: Ledger, operation: str) -> dict[str, Any]:
    """What is left when the operation was done, and done again; a kill leaves no more than files that do not count."""
    OPERATIONS[operation](workspace, ledger)
    if operation == "compact":
        OPERATIONS[operation](workspace, ledger)
    assert {path for path in on_disk(workspace) if not path.endswith(".partial")} == listed(ledger)
    return state(workspace, ledger)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    found = {}
    for operation in OPERATIONS:
        workspace = create_workspace(tmp_path_factory.mktemp(operation) / "workspace", "example-provider", now=NOW)
        with open_ledger(workspace.ledger) as ledger:
            three_ingests(workspace, ledger)
            found[operation] = finished(workspace, ledger, operation)
    return found


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return create_workspace(tmp_path / "workspace", "example-provider", now=NOW)


@pytest.mark.parametrize(
    ("operation", "moment", "module", "step"),
    [
        ("compact", "after", "tocsin.store.compaction", "merged"),
        ("compact", "after", "tocsin.store.compaction", "exchange"),
        ("compact", "after", "tocsin.store.exchange", "settle"),
        ("expire", "after", "tocsin.store.retention", "thinned"),
        ("expire", "after", "tocsin.store.exchange", "exchange"),
        ("expire", "before", "tocsin.store.retention", "_expire_ledger"),
        ("erase", "after", "tocsin.store.exchange", "exchange"),
        ("erase", "before", "tocsin.store.exchange", "sweep"),
        ("undo", "after", "tocsin.store.exchange", "exchange"),
    ],
)
def test_killed_at_a_step(
    workspace: Workspace,
    ledger: Ledger,
    undisturbed: dict[str, dict[str, Any]],
    operation: str,
    moment: str,
    module: str,
    step: str,
) -> None:
    three_ingests(workspace, ledger)
    with start(workspace, operation, moment, module, step) as process:
        process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    with ledger.look() as connection:
        assert not missing(connection, workspace.lake)
    left, wanted = finished(workspace, ledger, operation), undisturbed[operation]
    # An erasure has another salt each time.
    unequal = {name for name in left if left[name] != wanted[name]}
    assert unequal <= ({"Removal"} if operation == "erase" else set())


def test_an_undo_that_is_killed_before_its_files_are_removed_is_done(
    workspace: Workspace, ledger: Ledger, undisturbed: dict[str, dict[str, Any]]
) -> None:
    three_ingests(workspace, ledger)
    with start(workspace, "undo", "before", "tocsin.store.exchange", "sweep") as process:
        process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    with ledger.look() as connection:
        assert len(read(connection, LakeDiscard)) == 2
    OPERATIONS["compact"](workspace, ledger)
    OPERATIONS["compact"](workspace, ledger)
    assert on_disk(workspace) == listed(ledger)
    assert contents(workspace, ledger) == undisturbed["undo"]["rows"][0]


@pytest.mark.parametrize(("one", "other"), [("compact", "compact"), ("compact", "undo"), ("erase", "expire")])
def test_two_at_once(workspace: Workspace, ledger: Ledger, one: str, other: str) -> None:
    three_ingests(workspace, ledger)
    processes = [start(workspace, operation) for operation in (one, other)]
    for process in processes:
        _, told = process.communicate(timeout=60)
        assert process.returncode == 0, told
    with ledger.look() as connection:
        assert not missing(connection, workspace.lake)
        rows = sum(file.rows for file in read(connection, LakeFile))
    wanted = {"compact": 300, "undo": 200, "expire": 75}[other]
    assert rows == wanted
    OPERATIONS["compact"](workspace, ledger)
    OPERATIONS["compact"](workspace, ledger)
    assert on_disk(workspace) == listed(ledger)


@pytest.mark.parametrize("operation", ["compact", "expire", "erase"])
def test_a_full_disk_changes_nothing(
    workspace: Workspace, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    three_ingests(workspace, ledger)
    before = state(workspace, ledger), on_disk(workspace)

    def fills_up(*given: Any) -> Any:
        part = begin(*given)
        write = part.write

        def limited(*rows: Any) -> None:
            with file_size_limit(1000):
                write(*rows)
                part.close()

        # Only the lake's file meets the limit, not the ledger's.
        monkeypatch.setattr(type(part), "write", lambda _, *rows: limited(*rows))
        return part

    monkeypatch.setattr(exchange, "begin", fills_up)
    with pytest.raises(TocsinError, match=r"the lake cannot be written: .*; nothing of the lake was changed"):
        OPERATIONS[operation](workspace, ledger)
    assert (state(workspace, ledger), on_disk(workspace)) == before
