"""Both engines give the same answers, on rows of the lake and on rows in memory."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tocsin.errors import WrongUse
from tocsin.records import Flow, arrow_schema
from tocsin.store.engine import Engine, open_engine

# PySpark leaves the sockets that rows come through to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

FLOWS = [
    ("192.0.2.1", "198.51.100.7", datetime(2018, 12, 21, 23, 59, 59, 999999), 3, None),
    ("192.0.2.1", "198.51.100.7", datetime(2018, 12, 22, 0, 0, 48, 440000), None, 20),
    ("192.0.2.2", "2001:db8::1", datetime(2018, 12, 22, 0, 0, 0, 1), 0, 2**40),
]


@pytest.fixture(scope="module", params=["duckdb", "spark"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "spark":
        pytest.importorskip("pyspark", reason="pyspark")
        if shutil.which("java") is None:
            pytest.skip("java")
    with open_engine(request.param) as opened:
        yield opened


@pytest.fixture(scope="module")
def flows(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The flows, in two files of the lake."""
    rows = [
        {
            **dict.fromkeys(arrow_schema(Flow).names),
            "sensor": "s",
            "initiator": initiator,
            "responder": responder,
            "time": time,
            "protocol": "tcp",
            "initiator_packets": packets,
            "initiator_bytes": size,
            "sampling": 1,
        }
        for initiator, responder, time, packets, size in FLOWS
    ]
    table = pa.Table.from_pylist(rows, schema=arrow_schema(Flow))
    folder = tmp_path_factory.mktemp("lake")
    files = [folder / "one.parquet", folder / "two.parquet"]
    for file, part in zip(files, (table[:2], table[2:]), strict=True):
        pq.write_table(part, file)
    return files


def test_lake_table_has_the_columns_of_the_record(engine: Engine, flows: list[Path]) -> None:
    rows = engine.rows(engine.table(Flow, flows))
    assert rows.schema.names == arrow_schema(Flow).names
    assert rows.schema.types == arrow_schema(Flow).types
    assert set(rows["time"].to_pylist()) == {flow[2] for flow in FLOWS}


def test_same_summary_on_both_engines(engine: Engine, flows: list[Path]) -> None:
    flow = engine.table(Flow, flows)
    summary = flow.group_by("initiator", day=flow.time.truncate("D")).agg(
        flows=flow.count(), packets=flow.initiator_packets.sum(), bytes=flow.initiator_bytes.sum()
    )
    assert engine.rows(summary.order_by("initiator", "day")).to_pylist() == [
        {"initiator": "192.0.2.1", "day": datetime(2018, 12, 21), "flows": 1, "packets": 3, "bytes": None},
        {"initiator": "192.0.2.1", "day": datetime(2018, 12, 22), "flows": 1, "packets": None, "bytes": 20},
        {"initiator": "192.0.2.2", "day": datetime(2018, 12, 22), "flows": 1, "packets": 0, "bytes": 2**40},
    ]


def test_gaps_in_microseconds_are_exact(engine: Engine, flows: list[Path]) -> None:
    flow = engine.table(Flow, flows).filter(lambda row: row.initiator == "192.0.2.1")
    span = flow.agg(gap=flow.time.max().delta(flow.time.min(), unit="microsecond"))
    assert engine.rows(span)["gap"].to_pylist() == [48_440_001]


def test_no_files_give_an_empty_table_that_can_be_summarised_and_kept(engine: Engine) -> None:
    flow = engine.table(Flow, [])
    assert flow.columns == tuple(arrow_schema(Flow).names)
    kept = engine.keep(flow.group_by("initiator").agg(flows=flow.count()))
    assert engine.rows(kept).num_rows == 0


def test_rows_in_memory_join_the_lake_and_can_be_kept(engine: Engine, flows: list[Path]) -> None:
    places = pa.table(
        {
            "address": ["192.0.2.1", "192.0.2.9", None],
            "tags": [["a", "b"], [], None],
            "seen": pa.array([datetime(2018, 12, 21), None, None], pa.timestamp("us")),
        }
    )
    place = engine.memory(places)
    assert sorted(map(str, engine.rows(place).to_pylist())) == sorted(map(str, places.to_pylist()))
    flow = engine.table(Flow, flows)
    kept = engine.keep(flow.semi_join(place, flow.initiator == place.address))
    assert engine.rows(kept)["initiator"].to_pylist() == ["192.0.2.1", "192.0.2.1"]
    assert engine.rows(engine.keep(place)).num_rows == 3


def test_unknown_engine_is_refused() -> None:
    with pytest.raises(WrongUse, match="no such engine: sqlite: choose duckdb or spark"):
        open_engine("sqlite")


def test_duckdb_spills_where_it_is_told(tmp_path: Path) -> None:
    with open_engine("duckdb", temporary=tmp_path) as opened:
        (told,) = opened.backend.con.sql("SELECT current_setting('temp_directory')").fetchone()
    assert told == str(tmp_path)
