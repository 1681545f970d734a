"""The reader of Zeek's ssl logs."""

from pathlib import Path
from typing import Any

import pytest

from tests.telemetry.reading import read_file, read_pieces
from tests.telemetry.zeek_logs import EXCHANGE, as_json, read_both, tsv
from tocsin.records import OpenTls, Tls
from tocsin.telemetry import zeek_ssl

SHA256 = "ab" * 32
HANDSHAKE = {
    **EXCHANGE,
    "version": "TLSv13",
    "server_name": "WWW.Example.com.",
    "resumed": False,
    "established": True,
    "ja3": "0" * 32,
    "ja4": "t13d1516h2_8daaf6152771_b186095e22b6",
}


def tls(**changed: Any) -> dict[str, Any]:
    (row,) = read_both("zeek_ssl", Tls, [HANDSHAKE | changed])
    return row


def test_columns_mean_what_the_vocabulary_says() -> None:
    row = tls(cert_chain_fps=[SHA256, "cd" * 32], subject=r"CN=a\, b", issuer="CN=Example CA")
    assert {name: row[name] for name in row if name not in ("sensor", "time", "uid") and "tor" not in name} == {
        "responder": "198.51.100.7",
        "responder_port": 443,
        "server_name": "www.example.com",
        "version": "TLSv13",
        "ja3": "0" * 32,
        "ja4": "t13d1516h2_8daaf6152771_b186095e22b6",
        "certificate_id": SHA256,
        "certificate_sha256": SHA256,
        "certificate_subject": r"CN=a\, b",
        "certificate_issuer": "CN=Example CA",
    }


@pytest.mark.parametrize(
    ("chain", "known", "digest"),
    [
        ({"cert_chain_fuids": ["F1", "F2"]}, "F1", None),
        ({"cert_chain_fps": ["ab" * 20]}, "ab" * 20, None),
        ({"cert_chain_fps": []}, None, None),
        ({}, None, None),
    ],
)
def test_the_servers_certificate_is_the_first_of_the_chain(chain: Any, known: str | None, digest: str | None) -> None:
    row = tls(**chain)
    assert (row["certificate_id"], row["certificate_sha256"]) == (known, digest)


def test_a_host_cannot_have_its_handshake_refused() -> None:
    log = as_json([HANDSHAKE | {"server_name": "a\x07" + "b" * 300, "subject": "CN=" + "c" * 600}])
    (row,) = read_pieces(zeek_ssl, [log]).tables[Tls].to_pylist()
    assert row["server_name"] == (r"a\x07" + "b" * 300)[:255]
    assert len(row["certificate_subject"]) == 512


def test_a_fingerprint_that_is_none_is_refused() -> None:
    outcome = read_pieces(zeek_ssl, [tsv("ssl", [HANDSHAKE | {"ja3": "a b"}, HANDSHAKE])])
    assert outcome.reasons == {7: "ja3 is not a fingerprint: 'a b'"}
    assert outcome.tables[Tls].num_rows == 1


@pytest.mark.parametrize("log", [tsv("open_ssl", [HANDSHAKE]), as_json([HANDSHAKE | {"_path": "open_ssl"}])])
def test_a_log_of_open_connections_says_so(log: bytes) -> None:
    assert zeek_ssl.recognise(log)
    outcome = read_pieces(zeek_ssl, [log])
    assert {record: table.num_rows for record, table in outcome.tables.items()} == {OpenTls: 1}


def test_fingerprints_of_the_test_data_are_read(test_data: Path) -> None:
    log = test_data / "captures/rita-proxy-rolling/ssl.16.00.00-17.00.00.log.gz"
    outcome = read_file(zeek_ssl, log.read_bytes())
    rows = outcome.tables[Tls].to_pylist()
    assert (len(rows), outcome.rejects) == (2734, [])
    named = [row for row in rows if row["certificate_id"]]
    assert named
    assert all(row["certificate_sha256"] == row["certificate_id"] for row in named)
