"""What detectors see of the lake: what is open among what has ended, and handshakes with their certificates."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.detect.flows import DAY, PEER, Row, flow, seen
from tocsin.detect._days import days_of
from tocsin.detect._tables import RECORDS, lake_tables
from tocsin.detect._tables import seen as seen_in
from tocsin.records import Http, LakeFile, Tls, arrow_schema
from tocsin.store.engine import Engine, open_engine
from tocsin.store.ledger import Ledger, put

# PySpark leaves the sockets that rows come through to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

See = Callable[..., dict[str, list[Row]]]


@pytest.fixture(scope="module", params=["duckdb", "spark"])
def each_engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "spark":
        pytest.importorskip("pyspark", reason="pyspark")
        if shutil.which("java") is None:
            pytest.skip("java")
    with open_engine(request.param) as opened:
        yield opened


@pytest.fixture
def see(each_engine: Engine, tmp_path: Path) -> Iterator[See]:
    """Write rows of lake tables, by keyword, and give what detectors see of them, in order."""

    def shown(**rows: list[Row]) -> dict[str, list[Row]]:
        files = [_written(tmp_path, name, of_table) for name, of_table in rows.items()]
        tables = lake_tables(each_engine, tmp_path, files)
        return {
            name: sorted(each_engine.rows(tables[name]).to_pylist(), key=lambda row: (row["time"], str(row)))
            for name in seen_in(files)
        }

    yield shown
    each_engine.release()


def _written(root: Path, name: str, rows: list[Row]) -> LakeFile:
    schema = arrow_schema(RECORDS[name])
    table = pa.Table.from_pylist([dict.fromkeys(schema.names) | row for row in rows], schema=schema)
    pq.write_table(table, root / f"{name}.parquet")
    of_file: dict[str, Any] = {"ingest": "i", "day": DAY.date(), "rows": len(rows), "bytes": 1}
    of_file |= {"party": "p", "marking": "TLP:CLEAR", "source": "s"}
    return LakeFile(path=f"{name}.parquet", telemetry=name, **of_file)


def test_an_open_connection_is_seen_once_as_at_the_latest_look(see: See) -> None:
    looks = [flow(0, uid="C1", duration_us=us, initiator_packets=us // 1000) for us in (3_000_000, 9_000_000, 1)]
    (row,) = see(open_flow=[*looks, *looks])["flow"]
    assert (row["duration_us"], row["initiator_packets"]) == (9_000_000, 9000)


def test_an_open_connection_is_not_seen_beside_its_end(see: See) -> None:
    ended = [flow(0, uid="C1", duration_us=7_000_000), flow(1, uid="C2")]
    looks = [flow(0, uid="C1", duration_us=9_000_000), flow(2, uid="C3", duration_us=None)]
    assert [(row["uid"], row["duration_us"]) for row in see(flow=ended, open_flow=looks)["flow"]] == [
        ("C1", 7_000_000),
        ("C2", 500_000),
        ("C3", None),
    ]


def test_another_sensors_end_is_not_this_ones(see: See) -> None:
    rows = see(flow=[flow(0, uid="C1")], open_flow=[flow(0, uid="C1", sensor="core")])["flow"]
    assert sorted(row["sensor"] for row in rows) == ["core", "edge"]


def test_connections_without_a_name_are_told_apart_by_their_ends(see: See) -> None:
    looks = [flow(0, initiator_port=port, duration_us=us) for port in (1, 2, None) for us in (1, 2)]
    rows = see(open_flow=looks)["flow"]
    assert sorted((row["initiator_port"] or 0, row["duration_us"]) for row in rows) == [(0, 2), (1, 2), (2, 2)]


def test_requests_and_handshakes_of_open_connections_are_seen_once(see: See) -> None:
    there = {"responder": PEER, "uid": "C1"}
    paths = [seen(Http, second, path=path, **there) for second, path in ((0, "/a"), (0, "/b"), (5, "/a"))]
    tables = see(
        http=[seen(Http, 5, path="/a", status=200, **there)],
        open_http=[*paths, *paths],
        open_tls=[seen(Tls, 0, version=version, **there) for version in (None, "TLSv13")],
    )
    assert [(row["path"], row["status"]) for row in tables["http"]] == [("/a", None), ("/b", None), ("/a", 200)]
    assert [row["version"] for row in tables["tls"]] == ["TLSv13"]


def test_a_handshake_gets_from_its_certificate_what_it_does_not_say(see: See) -> None:
    named = {"responder": PEER, "certificate_id": "F1"}
    known = {"sensor": "edge", "time": DAY, "certificate_id": "F1", "sha256": "ab", "subject": "CN=a", "issuer": "CN=b"}
    rows = see(
        tls=[
            seen(Tls, 0, **named),
            seen(Tls, 1, **named, certificate_subject="CN=own"),
            seen(Tls, 2, **named | {"certificate_id": "F2"}),
            seen(Tls, 3, responder=PEER),
            seen(Tls, 4, **named, sensor="core"),
        ],
        certificate=[known, known, known | {"subject": None}, known | {"certificate_id": None}],
    )["tls"]
    assert [(row["certificate_sha256"], row["certificate_subject"], row["certificate_issuer"]) for row in rows] == [
        ("ab", "CN=a", "CN=b"),
        ("ab", "CN=own", "CN=b"),
        (None, None, None),
        (None, None, None),
        (None, None, None),
    ]


def test_certificates_alone_are_no_telemetry(see: See) -> None:
    assert see(certificate=[{"sensor": "edge", "time": DAY, "certificate_id": "F1"}]) == {}


def test_handshakes_are_explained_by_certificates_of_their_day_and_the_day_before(ledger: Ledger) -> None:
    own: dict[str, Any] = {"party": "p", "marking": "TLP:CLEAR", "source": "s", "ingest": "i", "rows": 1, "bytes": 1}
    listed = [("tls", 0), ("flow", 5), *(("certificate", day) for day in (-2, -1, 0, 1, 5))]
    with ledger.write() as connection:
        put(
            connection,
            [
                LakeFile(**own, path=f"{name}{day}", telemetry=name, day=DAY.date() + timedelta(days=day))
                for name, day in listed
            ],
        )
        days = days_of(connection)
    # A certificate alone makes no day, and without handshakes it explains nothing.
    assert {day: [file.path for file in files] for day, files in days.files.items()} == {
        DAY.date(): ["tls0", "certificate-1", "certificate0"],
        DAY.date() + timedelta(days=5): ["flow5"],
    }
