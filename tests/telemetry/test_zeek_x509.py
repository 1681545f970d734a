"""The reader of Zeek's x509 logs, and how handshakes get what it says."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from tests.telemetry.reading import read_pieces
from tests.telemetry.zeek_logs import read_both, tsv
from tocsin.detect._tables import lake_tables
from tocsin.records import Certificate, LakeFile
from tocsin.store.engine import open_engine
from tocsin.store.ledger import Ledger, read
from tocsin.telemetry import ingest, zeek_x509
from tocsin.workspace import Workspace

SEEN = {
    "ts": 1767571200.000001,
    "fingerprint": "AB" * 32,
    "certificate.serial": "01",
    "certificate.subject": "CN=www.example.com",
    "certificate.issuer": "CN=Example CA",
    "certificate.not_valid_before": 1709821675.0,
    "certificate.not_valid_after": 1717594074.0,
}


def test_columns_mean_what_the_vocabulary_says() -> None:
    assert read_both("zeek_x509", Certificate, [SEEN]) == [
        {
            "sensor": "sensor",
            "time": datetime(2026, 1, 5, 0, 0, 0, 1),
            "certificate_id": "AB" * 32,
            "sha256": "ab" * 32,
            "subject": "CN=www.example.com",
            "issuer": "CN=Example CA",
            "valid_from": datetime(2024, 3, 7, 14, 27, 55),
            "valid_until": datetime(2024, 6, 5, 13, 27, 54),
        }
    ]


def test_older_logs_name_a_certificate_by_its_file() -> None:
    (row,) = read_both("zeek_x509", Certificate, [SEEN | {"fingerprint": None, "id": "F1"}])
    assert (row["certificate_id"], row["sha256"]) == ("F1", None)


def test_a_certificate_of_no_possible_time_is_kept() -> None:
    (row,) = read_both("zeek_x509", Certificate, [SEEN | {"certificate.not_valid_before": -62167219200.0}])
    assert row["valid_from"] is None


@pytest.mark.parametrize("stamp", ["2024-03-07T14:27:55.000000Z", 1709821675000.0])
def test_json_times_as_zeek_can_be_told_to_write_them(stamp: object) -> None:
    log = json.dumps(SEEN | {"certificate.not_valid_before": stamp}).encode()
    (row,) = read_pieces(zeek_x509, [log]).tables[Certificate].to_pylist()
    assert row["valid_from"] == datetime(2024, 3, 7, 14, 27, 55)


def test_a_time_that_is_none_is_refused() -> None:
    outcome = read_pieces(zeek_x509, [tsv("x509", [SEEN | {"ts": "never"}, SEEN])])
    assert outcome.reasons == {7: "ts is not a time: 'never'"}
    assert outcome.tables[Certificate].num_rows == 1


@pytest.mark.parametrize("order", [("ssl", "x509"), ("x509", "ssl")])
@pytest.mark.parametrize(
    ("folder", "explained"), [("rita-proxy-rolling", "sha256 of its own"), ("slips-test9-zeek", "subject of its own")]
)
def test_handshakes_of_the_test_data_get_their_certificates(
    test_data: Path, workspace: Workspace, ledger: Ledger, order: tuple[str, str], folder: str, explained: str
) -> None:
    logs = [log for name in order for log in sorted((test_data / "captures" / folder).glob(f"{name}.*"))]
    ingest(workspace, ledger, logs)
    with ledger.look() as connection:
        files = read(connection, LakeFile)
    with open_engine() as engine:
        rows = engine.rows(lake_tables(engine, workspace.lake, files)["tls"]).to_pylist()
    named = [row for row in rows if row["certificate_id"]]
    assert len(named) > 100
    assert all(row["certificate_subject"] and row["certificate_issuer"] for row in named), explained
