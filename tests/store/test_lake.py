"""The lake: what counts, what does not, and what a full disk leaves."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tocsin.errors import TocsinError
from tocsin.records import Flow, arrow_schema
from tocsin.store import lake
from tocsin.store.lake import LakeWriter, lake_files, missing, strays
from tocsin.store.ledger import Ledger, add

START = datetime(2026, 1, 5)
KEPT = {"party": "example-provider", "marking": "TLP:AMBER", "source": "test"}


def flows(days: list[int], rows: int = 1) -> pa.Table:
    """Flows on days counted from the first, ``rows`` on each, mixed."""
    plain: dict[str, object] = dict.fromkeys(arrow_schema(Flow).names)
    plain |= {"sensor": "tap", "initiator": "192.0.2.1", "responder": "192.0.2.2", "protocol": "tcp", "sampling": 1}
    return pa.Table.from_pylist(
        [
            plain | {"time": START + timedelta(days=day, seconds=n), "uid": str(hash((day, n)))}
            for n in range(rows)
            for day in days
        ],
        schema=arrow_schema(Flow),
    )


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """No file may grow beyond ``size`` bytes: what a full disk does, without filling one."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_rows_lie_by_day_and_count_once_the_ledger_lists_them(ledger: Ledger, tmp_path: Path) -> None:
    with LakeWriter(tmp_path, "one") as writer:
        writer.write(Flow, flows([0, 1], rows=3))
        writer.write(Flow, flows([1]))
        with ledger.look() as connection:
            assert lake_files(connection, tmp_path, Flow) == []
        files = writer.finish(**KEPT)
    assert [(f.path, f.ingest, f.telemetry, f.day, f.rows) for f in files] == [
        ("flow/day=2026-01-05/one-0.parquet", "one", "flow", date(2026, 1, 5), 3),
        ("flow/day=2026-01-06/one-0.parquet", "one", "flow", date(2026, 1, 6), 4),
    ]
    assert all(f.bytes == (tmp_path / f.path).stat().st_size for f in files)
    with ledger.write() as connection:
        assert len(strays(connection, tmp_path)) == 2
        add(connection, files)
        assert strays(connection, tmp_path) == missing(connection, tmp_path) == []
        listed = lake_files(connection, tmp_path, Flow)
    assert [pq.read_table(file, partitioning=None).num_rows for file in listed] == [3, 4]
    assert pq.read_schema(listed[0]).equals(arrow_schema(Flow))


def test_what_is_given_up_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lake, "ROWS_HELD", 2)
    with pytest.raises(RuntimeError), LakeWriter(tmp_path, "one") as writer:
        writer.write(Flow, flows([0, 1], rows=3))
        assert list(tmp_path.rglob("*.partial"))
        raise RuntimeError
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_a_kill_leaves_is_a_stray(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lake, "ROWS_HELD", 1)
    LakeWriter(tmp_path, "one").write(Flow, flows([0]))
    with ledger.look() as connection:
        (stray,) = strays(connection, tmp_path)
    assert stray.endswith(".partial")


def test_more_days_than_files_may_be_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lake, "ROWS_HELD", 5)
    monkeypatch.setattr(lake, "OPEN_FILES", 3)
    with LakeWriter(tmp_path, "one") as writer:
        for _ in range(2):
            writer.write(Flow, flows(list(range(10)), rows=2))
        files = writer.finish(**KEPT)
    assert len({f.path for f in files}) == len(files)
    assert len({f.day for f in files}) == 10
    assert sum(f.rows for f in files) == 40
    assert sum(pq.read_metadata(tmp_path / f.path).num_rows for f in files) == 40


def test_row_groups_are_large(tmp_path: Path) -> None:
    with LakeWriter(tmp_path, "one") as writer:
        for _ in range(20):
            writer.write(Flow, flows([0], rows=10))
        (file,) = writer.finish(**KEPT)
    assert pq.read_metadata(tmp_path / file.path).num_row_groups == 1


def test_the_same_ingest_again_takes_the_same_names_and_bytes(tmp_path: Path) -> None:
    written = []
    for _ in range(2):
        with LakeWriter(tmp_path, "one") as writer:
            writer.write(Flow, flows([0, 1], rows=3))
            files = writer.finish(**KEPT)
        written.append([(f, (tmp_path / f.path).read_bytes()) for f in files])
    assert written[0] == written[1]


def test_a_full_disk_is_one_clear_error_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lake, "ROWS_HELD", 1000)
    with (
        pytest.raises(TocsinError, match=r"the lake cannot be written: .*: File too large; nothing of this file"),
        LakeWriter(tmp_path, "one") as writer,
        file_size_limit(4096),
    ):
        writer.write(Flow, flows([0, 1], rows=2000))
        writer.finish(**KEPT)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_listed_file_that_is_gone_is_missing(ledger: Ledger, tmp_path: Path) -> None:
    with LakeWriter(tmp_path, "one") as writer:
        writer.write(Flow, flows([0]))
        files = writer.finish(**KEPT)
    with ledger.write() as connection:
        add(connection, files)
        (tmp_path / files[0].path).unlink()
        assert missing(connection, tmp_path) == [files[0].path]
