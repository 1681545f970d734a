"""Killed at any moment and run again, an ingest leaves what one that was never killed leaves."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.telemetry.conftest import NOW
from tocsin.records import Coverage, Flow, Ingest, LakeFile, Quarantine, SourceFile
from tocsin.store.lake import lake_files, missing, strays
from tocsin.store.ledger import Ledger, open_ledger, read
from tocsin.telemetry import State, ingest
from tocsin.workspace import Workspace, create_workspace, open_workspace

ROWS = 50_000
TOLD = (Ingest, SourceFile, LakeFile, Quarantine, Coverage)

# Runs an ingest that ends itself, as kill -9 would, before or after a step.
DRIVER = """
import os, signal, sys
from pathlib import Path
import tocsin.store.lake as lake
import tocsin.telemetry._pending as pending
import tocsin.telemetry._record as record
from tocsin.store.ledger import open_ledger
from tocsin.telemetry import ingest
from tocsin.workspace import open_workspace

folder, log, moment, step = sys.argv[1:]
holder = {"_begin": lake.LakeWriter, "_flush": lake.LakeWriter, "finish": lake.LakeWriter, "add": record,
          "commit": pending.Pending}.get(step)
if holder:
    original = getattr(holder, step)
    def stopping(*given, **named):
        if moment == "after":
            original(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(holder, step, stopping)
lake.ROWS_HELD = 10_000
workspace = open_workspace(Path(folder))
print("ready", flush=True)
ingest(workspace, open_ledger(workspace.ledger), [Path(log)], networks=["192.0.2.0/24"])
"""


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of two days, with faults."""
    sample = (Path(__file__).parents[1] / "samples/zeek/conn_with_faults.log").read_bytes()
    header, row = sample.split(b"\n")[:8], sample.split(b"\n")[8]
    rows = [b"%d.%06d%s" % (1767571200 + n * 2, n, row[row.index(b"\t") :]) for n in range(ROWS)]
    path = tmp_path_factory.mktemp("logs") / "conn.log"
    path.write_bytes(b"\n".join([*header, *rows[: ROWS // 2], sample, *header, *rows[ROWS // 2 :]]) + b"\n")
    return path


def state(workspace: Workspace, ledger: Ledger) -> dict[str, Any]:
    """All that an ingest leaves."""
    with ledger.look() as connection:
        assert not missing(connection, workspace.lake)
        kept = {record.__name__: read(connection, record) for record in TOLD}
        files = lake_files(connection, Path(workspace.lake), Flow)
    return kept | {"rows": [pq.read_table(file, partitioning=None) for file in files]}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, log: Path) -> dict[str, Any]:
    workspace = create_workspace(tmp_path_factory.mktemp("undisturbed") / "workspace", "example-provider", now=NOW)
    ledger = open_ledger(workspace.ledger)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tocsin.store.lake.ROWS_HELD", 10_000)
        ingest(workspace, ledger, [log], networks=["192.0.2.0/24"])
    left = state(workspace, ledger)
    ledger.close()
    assert len(left["rows"]) == 2
    assert left["Quarantine"]
    return left


def start(workspace: Workspace, log: Path, moment: str = "", step: str = "") -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", DRIVER, str(workspace.folder), str(log), moment, step]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def check_second_run(
    workspace: Workspace, log: Path, undisturbed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> State:
    """Run again in this process, and compare."""
    monkeypatch.setattr("tocsin.store.lake.ROWS_HELD", 10_000)
    ledger = open_ledger(workspace.ledger)
    with ledger.look() as connection:
        left_behind = strays(connection, workspace.lake)
    summary = ingest(workspace, ledger, [log], networks=["192.0.2.0/24"])
    assert state(workspace, ledger) == undisturbed
    with ledger.look() as connection:
        listed = set(lake_files(connection, Path(workspace.lake), Flow))
        still = set(strays(connection, workspace.lake))
    ledger.close()
    lake = Path(workspace.lake)
    everything = {path.relative_to(lake).as_posix() for path in lake.rglob("*") if path.is_file()}
    assert everything == {path.relative_to(lake).as_posix() for path in listed} | still
    assert set(left_behind) <= everything
    return summary.files[0].state


@pytest.mark.parametrize(
    ("moment", "step", "second"),
    [
        ("after", "_begin", State.READ),
        ("after", "_flush", State.READ),
        ("before", "finish", State.READ),
        ("after", "finish", State.READ),
        ("after", "add", State.READ),
        ("after", "commit", State.ALREADY_READ),
    ],
)
def test_killed_at_a_step(
    workspace: Workspace,
    log: Path,
    undisturbed: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
    step: str,
    second: State,
) -> None:
    with start(workspace, log, moment, step) as process:
        process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert check_second_run(workspace, log, undisturbed, monkeypatch) is second


@pytest.mark.parametrize("delay", [0.02, 0.3])
def test_killed_after_a_while(
    workspace: Workspace, log: Path, undisturbed: dict[str, Any], monkeypatch: pytest.MonkeyPatch, delay: float
) -> None:
    with start(workspace, log) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        time.sleep(delay)
        process.kill()
    check_second_run(workspace, log, undisturbed, monkeypatch)


def test_two_at_once_keep_one(workspace: Workspace, log: Path, undisturbed: dict[str, Any]) -> None:
    first, second = start(workspace, log), start(workspace, log)
    for process in (first, second):
        process.communicate(timeout=60)
        assert process.returncode == 0
    ledger = open_ledger(open_workspace(workspace.folder).ledger)
    assert state(workspace, ledger) == undisturbed
    with ledger.look() as connection:
        assert not strays(connection, workspace.lake)
    ledger.close()
