"""A lake on an object store does what a lake in a folder does. The store is a local one, on loopback."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pyarrow import fs

from tests.cli.conftest import HEADER
from tests.store.test_undo import beacon, two_detectors
from tocsin.detect import detect
from tocsin.errors import Unreachable
from tocsin.parties.enrol import Entry, enrol
from tocsin.records import Finding, Flow, LakeFile, Removal
from tocsin.store.checks import checks
from tocsin.store.compaction import compact
from tocsin.store.engine import spark_path
from tocsin.store.lake import LakeWriter, lake_files, missing, strays
from tocsin.store.ledger import Ledger, open_ledger, read
from tocsin.store.place import place
from tocsin.store.retention import expire
from tocsin.store.undo import undo
from tocsin.telemetry import ingest
from tocsin.workspace import Workspace, create_workspace, open_workspace

server = pytest.importorskip("moto.server", reason="moto")

__all__ = ["two_detectors"]  # for every test here, as it is there

DAY = date(2018, 12, 20)
INGEST = """
import os, signal, sys
from pathlib import Path
from tocsin.store.lake import LakeWriter
from tocsin.store.ledger import open_ledger
from tocsin.telemetry import ingest
from tocsin.workspace import open_workspace

finish = LakeWriter.finish
def stopping(*given, **named):
    finish(*given, **named)
    os.kill(os.getpid(), signal.SIGKILL)
LakeWriter.finish = stopping
workspace = open_workspace(Path(sys.argv[1]))
ingest(workspace, open_ledger(workspace.ledger), [Path(sys.argv[2])])
"""


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """Host and port of an empty object store; its log goes nowhere."""
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"{host}:{port}"
    running.stop()


@pytest.fixture
def url(endpoint: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A lake in a bucket of its own. What stands in the environment is what every user of S3 has there."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-told")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    bucket = re.sub(r"[^a-z0-9]+", "-", tmp_path.name.lower()).strip("-")
    query = f"endpoint_override={endpoint}&scheme=http&region=us-east-1"
    made, _ = fs.FileSystem.from_uri(f"s3://{bucket}/?{query}&allow_bucket_creation=true")
    made.create_dir(bucket)
    return f"s3://{bucket}/tocsin/lake?{query}"


@pytest.fixture
def remote(tmp_path: Path, workspace: Workspace, url: str) -> Workspace:
    """The workspace, with its lake on the object store."""
    with (workspace.folder / "tocsin.toml").open("a", encoding="utf-8") as file:
        file.write(f'lake = "{url}"\n')
    return open_workspace(workspace.folder)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "conn.log"
    path.write_text("\n".join([HEADER, *beacon(DAY)]) + "\n")
    return path


def test_the_whole_way_finds_the_same_as_in_a_folder(
    remote: Workspace, ledger: Ledger, log: Path, tmp_path: Path
) -> None:
    local = create_workspace(tmp_path / "local", "example-provider", now=remote.now())
    found = []
    with open_ledger(local.ledger) as other:
        with other.write() as connection:
            for name, network in (("example-provider", "192.168.0.0/16"), ("example-campus", "192.168.1.0/24")):
                role = "operator" if name == "example-provider" else "member"
                enrol(connection, local, Entry(id=name, role=role, networks=(network,), since=date(2018, 1, 1)))
        for workspace, into in ((local, other), (remote, ledger)):
            ingest(workspace, into, [log], networks=["192.168.1.0/24"])
            detect(workspace, into)
            with into.look() as connection:
                found.append((read(connection, Finding), len(lake_files(connection, str(workspace.lake), Flow))))
                assert not missing(connection, workspace.lake)
                assert not strays(connection, workspace.lake)
    assert found[0] == found[1]
    assert found[0][0]
    assert not any((remote.folder / "lake").iterdir())


def test_a_kill_in_mid_ingest_leaves_nothing_that_counts(remote: Workspace, ledger: Ledger, log: Path) -> None:
    ran = subprocess.run([sys.executable, "-c", INGEST, str(remote.folder), str(log)], check=False)
    assert ran.returncode == -signal.SIGKILL
    with ledger.look() as connection:
        assert not read(connection, LakeFile)
        assert len(strays(connection, remote.lake)) == 1
    (told,) = [check.text for check in checks(remote, ledger) if not check.passed]
    assert "1 files in the lake belong to no ingest" in told
    ingest(remote, ledger, [log])
    with ledger.look() as connection:
        (file,) = read(connection, LakeFile)
        assert file.rows == 600
        assert not missing(connection, remote.lake)


def test_a_writer_that_gives_up_takes_nothing_of_another(remote: Workspace, ledger: Ledger, log: Path) -> None:
    ingest(remote, ledger, [log])
    with ledger.look() as connection:
        (file,) = read(connection, LakeFile)
    with pytest.raises(RuntimeError), LakeWriter(remote.lake, file.ingest) as writer:
        writer._begin(Flow, DAY)
        raise RuntimeError
    assert set(place(remote.lake).sizes()) == {file.path}


def test_it_is_looked_after_like_a_folder(remote: Workspace, ledger: Ledger, tmp_path: Path) -> None:
    for number, host in enumerate(("192.168.1.10", "192.168.1.11", "192.168.1.12")):
        path = tmp_path / f"{number}.log"
        path.write_text("\n".join([HEADER, *beacon(DAY, host)]) + "\n")
        ingest(remote, ledger, [path])
    assert compact(remote, ledger).after == 1
    undo(remote, ledger, str(tmp_path / "1.log"))
    with ledger.look() as connection:
        (file,) = read(connection, LakeFile)
        (removal,) = read(connection, Removal)
    assert (file.rows, removal.rows) == (1200, 600)
    assert place(remote.lake).sizes() == {file.path: file.bytes}
    assert all(check.passed for check in checks(remote, ledger))
    later = replace(remote, settings=remote.settings.model_copy(update={"now": remote.now().replace(year=2020)}))
    assert expire(later, ledger, {}).rows == 1200
    assert place(remote.lake).sizes() == {}


def test_spark_reads_it_by_the_name_that_hadoop_has_for_it(remote: Workspace, ledger: Ledger, log: Path) -> None:
    ingest(remote, ledger, [log])
    with ledger.look() as connection:
        (file,) = lake_files(connection, str(remote.lake), Flow)
    assert re.fullmatch(r"s3a://[a-z0-9-]+/tocsin/lake/flow/day=2018-12-20/[0-9a-f-]+\.parquet", spark_path(file))


def test_a_store_that_does_not_answer_is_one_line_without_secrets(
    remote: Workspace, ledger: Ledger, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAKE", "s3://somebody:secret@bucket/lake?endpoint_override=127.0.0.1:9&scheme=http&region=r")
    (remote.folder / "tocsin.toml").write_text('party = "example-provider"\nlake = "env:LAKE"\n')
    gone = open_workspace(remote.folder)
    silent = pytest.raises(Unreachable, match="the lake does not answer: s3://bucket/lake")
    with ledger.look() as connection, silent as told:
        missing(connection, gone.lake)
    assert "secret" not in str(told.value)
    assert os.environ["LAKE"] not in str(told.value)
