"""Small ingests share files of the lake, large ones have their own."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.store.test_lake import KEPT, file_size_limit, flows
from tocsin.errors import TocsinError
from tocsin.records import Flow, LakeFile, LakeShare, arrow_schema
from tocsin.store import lake
from tocsin.store.lake import LakeWriter
from tocsin.store.together import finish_together


def writer(root: Path, name: str, days: list[int], rows: int = 1) -> LakeWriter:
    made = LakeWriter(root, name)
    made.write(Flow, flows(days, rows))
    return made


def test_small_ones_share_a_file_for_each_day(tmp_path: Path) -> None:
    listed = finish_together([writer(tmp_path, "one", [0, 1]), writer(tmp_path, "two", [1], rows=3)], **KEPT)
    files = {row.day.day: row for row in listed if isinstance(row, LakeFile)}
    shares = {(row.path, row.ingest): row.rows for row in listed if isinstance(row, LakeShare)}
    assert {day: file.rows for day, file in files.items()} == {5: 1, 6: 4}
    assert shares == {(files[5].path, "one"): 1, (files[6].path, "one"): 1, (files[6].path, "two"): 3}
    rows = pq.read_table(tmp_path / files[6].path, partitioning=None)
    assert rows["ingest"].to_pylist() == ["one", "two", "two", "two"]
    assert rows.select(arrow_schema(Flow).names).schema.equals(arrow_schema(Flow))
    assert files[6].bytes == (tmp_path / files[6].path).stat().st_size


def test_a_large_one_and_one_alone_have_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lake, "ROWS_HELD", 2)
    listed = finish_together([writer(tmp_path, "large", [0], rows=5), writer(tmp_path, "small", [0])], **KEPT)
    assert [(row.ingest, type(row)) for row in listed] == [("large", LakeFile), ("small", LakeFile)]  # type: ignore[attr-defined]


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    writers = [writer(tmp_path, "one", [0, 1], rows=500), writer(tmp_path, "two", [0], rows=500)]
    with pytest.raises(TocsinError, match="nothing of these files was kept"), file_size_limit(1000):
        finish_together(writers, **KEPT)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
