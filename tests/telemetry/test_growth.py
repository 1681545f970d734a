"""Logs that grow, are rotated, cut, copied and packed while they are read: no row is lost, none comes twice."""

import bz2
import gzip
import lzma
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.telemetry.conftest import NOW
from tocsin.records import Coverage, Flow, Ingest
from tocsin.store.lake import lake_files, missing
from tocsin.store.ledger import Ledger, open_ledger, read
from tocsin.telemetry import FileResult, Progress, State, checked, ingest
from tocsin.telemetry._files import find
from tocsin.telemetry._ingest import read_found
from tocsin.telemetry._settings import Place
from tocsin.workspace import Workspace, create_workspace

COLUMNS = b"ts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto"
HEADER = b"#separator \\x09\n#unset_field\t-\n#path\tconn\n#fields\t" + COLUMNS + b"\n"
TURNED = HEADER.replace(b"ts\tuid", b"uid\tts")
NETWORKS = ("192.0.2.0/24",)
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "xz": lzma.compress,
    "bz2": bz2.compress,
    "zst": lambda data: pa.compress(data, codec="zstd", asbytes=True),
}


class Stopped(Exception):
    """Stands for a signal in the middle of a file."""


def row(number: int, is_turned: bool = False) -> bytes:
    ts, uid = b"%d.000001" % (1767571200 + number), b"C%d" % number
    first = (uid, ts) if is_turned else (ts, uid)
    return b"\t".join([*first, b"192.0.2.10", b"40000", b"198.51.100.7", b"443", b"tcp"]) + b"\n"


def uids(workspace: Workspace, ledger: Ledger) -> Counter[str]:
    with ledger.look() as connection:
        assert not missing(connection, workspace.lake)
        files = lake_files(connection, Path(workspace.lake), Flow)
        kept = read(connection, Ingest)
        covered = read(connection, Coverage)
    found = Counter(str(uid) for file in files for uid in pq.read_table(file, partitioning=None)["uid"].to_pylist())
    assert sum(entry.rows for entry in kept) == found.total() == sum(sum(day.hours) for day in covered)
    assert not any(entry.quarantined for entry in kept)
    return found


class Collector(RuleBasedStateMachine):
    """A program that writes a log, another that rotates it, and an ingest that comes by now and then."""

    template: Workspace

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tocsin-test-"))
        self.workspace = create_workspace(self.folder / "workspace", "example-provider", now=NOW)
        (self.folder / "workspace/ledger.db").unlink(missing_ok=True)
        shutil.copy(self.template.folder / "ledger.db", self.folder / "workspace/ledger.db")
        self.ledger = open_ledger(self.workspace.ledger)
        self.logs = self.folder / "logs"
        self.logs.mkdir()
        self.log = self.logs / "conn.log"
        self.log.write_bytes(HEADER)
        self.whole: Counter[str] = Counter()
        self.rest = b""
        self.is_turned = False
        self.number = self.rotations = 0
        self.places: dict[str, Place] = {}

    def teardown(self) -> None:
        if hasattr(self, "ledger"):
            self.finish_line()
            self.read()
            self.ledger.close()
            shutil.rmtree(self.folder)

    def write(self, data: bytes, log: Path | None = None) -> None:
        with (log or self.log).open("ab") as out:
            out.write(data)

    def next_row(self) -> bytes:
        self.number += 1
        self.whole[f"C{self.number}"] += 1
        return row(self.number, self.is_turned)

    @rule(count=st.integers(1, 40))
    def append(self, count: int) -> None:
        self.finish_line()
        self.write(b"".join(self.next_row() for _ in range(count)))

    @rule()
    def turn(self) -> None:
        self.finish_line()
        self.is_turned = not self.is_turned
        self.write(TURNED if self.is_turned else HEADER)

    @precondition(lambda self: not self.rest)
    @rule(at=st.integers(1, 20))
    def append_part_of_a_line(self, at: int) -> None:
        line = row(self.number + 1, self.is_turned)
        self.rest = line[at:]
        self.write(line[:at])

    def finish_line(self) -> None:
        if self.rest:
            self.number += 1
            self.whole[f"C{self.number}"] += 1
            self.write(self.rest)
            self.rest = b""

    @rule(is_late=st.booleans())
    def rename(self, is_late: bool) -> None:
        self.finish_line()
        rotated = self._rotated()
        self.log.rename(rotated)
        if is_late:
            self.write(self.next_row(), rotated)
        self.log.write_bytes(HEADER)
        self.is_turned = False

    @rule()
    def copy_and_cut(self) -> None:
        self.finish_line()
        shutil.copy(self.log, self._rotated())
        with self.log.open("r+b") as log:
            log.truncate(0)
        self.write(HEADER)
        self.is_turned = False

    @rule(packer=st.sampled_from(sorted(PACKERS)))
    def pack(self, packer: str) -> None:
        for rotated in sorted(self.logs.glob("conn.*.log"))[:1]:
            rotated.with_name(f"{rotated.name}.{packer}").write_bytes(PACKERS[packer](rotated.read_bytes()))
            rotated.unlink()

    def _rotated(self) -> Path:
        self.rotations += 1
        return self.logs / f"conn.{self.rotations:03}.log"

    @rule()
    def start_anew(self) -> None:
        self.places = {}

    @rule(parts=st.integers(0, 3), is_live=st.booleans())
    def stop_halfway(self, parts: int, is_live: bool) -> None:
        told = iter(range(parts))

        def stop(_done: int, _total: int) -> None:
            if next(told, None) is None:
                raise Stopped

        try:
            self.come_by(stop, is_live)
        except Stopped:
            self.places = {}

    def come_by(self, progress: Progress, is_live: bool) -> list[FileResult]:
        if not is_live:
            return list(ingest(self.workspace, self.ledger, [self.logs], progress=progress, networks=NETWORKS).files)
        settings = checked(self.workspace, self.ledger, None, 1, NETWORKS, "auto")
        settings = replace(settings, is_live=True, places=self.places)
        return read_found(settings, list(find(self.logs)), progress)

    @rule()
    def read(self) -> None:
        results = self.come_by(lambda _done, _total: None, is_live=True)
        assert not [file for file in results if file.state in (State.UNREADABLE, State.PASSED_OVER)]
        assert uids(self.workspace, self.ledger) == self.whole

    @invariant()
    def nothing_twice(self) -> None:
        if hasattr(self, "ledger"):
            assert uids(self.workspace, self.ledger) <= self.whole


def test_any_order_of_growing_rotating_packing_and_stopping(tmp_path_factory: pytest.TempPathFactory) -> None:
    Collector.template = create_workspace(tmp_path_factory.mktemp("template") / "w", "example-provider", now=NOW)
    open_ledger(Collector.template.ledger).close()
    case = Collector.TestCase
    case.settings = settings(
        max_examples=25, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
    )
    case().runTest()
