"""Fixtures that many tests share."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tocsin.parties.enrol import Entry, enrol
from tocsin.store.ledger import Ledger, open_ledger
from tocsin.workspace import Workspace, create_workspace

NOW = datetime(2018, 12, 22, 14, 50, 14, tzinfo=UTC)
# Spark as small as the tests' tables, quiet, and on loopback only.
SPARK = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
}
os.environ["PYSPARK_SUBMIT_ARGS"] = " ".join(
    ["--master", "local-cluster[2,1,1024]", *(f"--conf {key}={value}" for key, value in SPARK.items()), "pyspark-shell"]
)

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture
def test_data() -> Path:
    """The folder of real captures, which is not part of the project; skips where it is absent."""
    folder = Path(os.environ.get("TOCSIN_TEST_DATA", REPOSITORY / "../shared/data")).resolve()
    if not folder.is_dir():
        pytest.skip("TOCSIN_TEST_DATA")
    return folder


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A fresh workspace of an operator and one member, whose clock stands at the end of the demo's capture."""
    made = create_workspace(tmp_path / "workspace", "example-provider", now=NOW)
    since = date(2018, 1, 1)
    with open_ledger(made.ledger) as ledger, ledger.write() as connection:
        for entry in (
            Entry(id="example-provider", role="operator", networks=("192.168.0.0/16",), since=since),
            Entry(id="example-campus", networks=("192.168.1.0/24",), subscribers=1, since=since),
        ):
            enrol(connection, made, replace(entry, abuse=f"abuse@{entry.id.removeprefix('example-')}.example.net"))
    return made


@pytest.fixture
def ledger(workspace: Workspace) -> Iterator[Ledger]:
    """The ledger of that workspace, open."""
    with open_ledger(workspace.ledger) as opened:
        yield opened
