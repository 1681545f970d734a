"""Logs of connections that are still open: known by name, kept apart, and seen once."""

from pathlib import Path
from typing import Any

import pytest

from tests.telemetry.zeek_logs import EXCHANGE, as_json, tsv
from tocsin.detect._tables import lake_tables, seen
from tocsin.records import Flow, LakeFile, OpenFlow, arrow_schema
from tocsin.store.engine import open_engine
from tocsin.store.ledger import Ledger, read
from tocsin.telemetry import Batch, Reject, ingest
from tocsin.telemetry._named import named
from tocsin.workspace import Workspace

CONNECTION = {**EXCHANGE, "proto": "tcp", "conn_state": "S1"}


def lake(workspace: Workspace, ledger: Ledger) -> tuple[dict[str, int], dict[str, list[dict[str, Any]]]]:
    """Rows of each table of the lake, and what detectors see."""
    with ledger.look() as connection:
        files = read(connection, LakeFile)
    with open_engine() as engine:
        tables = lake_tables(engine, workspace.lake, files)
        shown = {name: engine.rows(tables[name]).to_pylist() for name in seen(files)}
    rows: dict[str, int] = {}
    for file in files:
        rows[file.telemetry] = rows.get(file.telemetry, 0) + file.rows
    return rows, shown


@pytest.mark.parametrize(
    ("name", "is_open"),
    [
        ("open_conn.log", True),
        ("open_conn.18_00_00-19_00_00.log.gz", True),
        ("open_ssl.json.log", True),
        ("open_http.log.1", True),
        ("conn.log", False),
        ("reopen_conn.log", False),
        ("open_conn.txt", False),
        ("open_conn.log/conn.log", False),
    ],
)
def test_the_name_of_a_file_tells(name: str, is_open: bool) -> None:
    reject, rows = Reject(1, "no", ""), Batch(Flow, arrow_schema(Flow).empty_table())
    found = list(named(f"/logs/{name}", [reject, rows]))
    assert found[0] is reject
    assert isinstance(found[1], Batch)
    assert found[1].record is (OpenFlow if is_open else Flow)


@pytest.mark.parametrize("form", [as_json, lambda rows: tsv("conn", rows)])
def test_an_open_connection_counts_once_whatever_is_read_first(
    tmp_path: Path, workspace: Workspace, ledger: Ledger, form: Any
) -> None:
    looks = [CONNECTION | {"duration": seconds, "orig_pkts": int(seconds)} for seconds in (3600.0, 7200.0)]
    other = CONNECTION | {"uid": "CExample0000000002", "duration": 60.0}
    files = {
        "open_conn.01.log": [looks[1], other],
        "open_conn.02.log": [looks[0], other],
        "conn.log": [other | {"duration": 90.0, "conn_state": "SF"}],
    }
    for name, rows in files.items():
        (tmp_path / name).write_bytes(form(rows))
        ingest(workspace, ledger, [tmp_path / name])
    rows_of, shown = lake(workspace, ledger)
    assert rows_of == {"flow": 1, "open_flow": 4}
    found = {row["uid"][-1]: (row["duration_us"], row["state"]) for row in shown["flow"]}
    assert found == {"1": (7_200_000_000, "S1"), "2": (90_000_000, "SF")}


def test_open_connections_of_the_test_data_are_seen_once(test_data: Path, workspace: Workspace, ledger: Ledger) -> None:
    # Two looks, an hour apart, at the same twelve connections; some have handshakes or requests.
    ingest(workspace, ledger, [test_data / "captures/rita-open-sni"])
    rows_of, shown = lake(workspace, ledger)
    assert rows_of == {"open_flow": 24, "open_tls": 4, "open_http": 2}
    assert {name: len(rows) for name, rows in shown.items()} == {"flow": 12, "tls": 2, "http": 1}
    assert min(row["duration_us"] for row in shown["flow"]) > 7_190_000_000


@pytest.mark.parametrize("folder", ["rita-json-with-all-fields", "rita-open-conns/open"])
def test_open_and_ended_connections_of_the_test_data_stand_together(
    test_data: Path, workspace: Workspace, ledger: Ledger, folder: str
) -> None:
    ingest(workspace, ledger, [test_data / "captures" / folder])
    rows_of, shown = lake(workspace, ledger)
    assert {name: rows_of[name] for name in ("flow", "open_flow", "open_tls", "open_http")} == {
        "flow": 29,
        "open_flow": 59,
        "open_tls": 20,
        "open_http": 20,
    }
    assert {name: len(rows) for name, rows in shown.items()} == {"flow": 88, "dns": 34, "tls": 30, "http": 30}
