"""The reader of Zeek's http logs."""

from pathlib import Path
from typing import Any

import pytest

from tests.telemetry.reading import read_file, read_pieces
from tests.telemetry.zeek_logs import EXCHANGE, as_json, read_both, tsv
from tocsin.records import Http
from tocsin.telemetry import zeek_http

REQUEST = {
    **EXCHANGE,
    "trans_depth": 1,
    "method": "GET",
    "host": "WWW.Example.com",
    "uri": "/a?b=c#d",
    "user_agent": "Example/1.0 (x; y)",
    "request_body_len": 0,
    "response_body_len": 178,
    "status_code": 301,
}


def http(**changed: Any) -> dict[str, Any]:
    (row,) = read_both("zeek_http", Http, [REQUEST | changed])
    return row


def test_columns_mean_what_the_vocabulary_says() -> None:
    row = http()
    assert (row["initiator"], row["responder"], row["responder_port"]) == ("192.0.2.10", "198.51.100.7", 443)
    assert [row[name] for name in ("method", "host", "path", "user_agent", "status")] == [
        "GET",
        "www.example.com",
        "/a?b=c#d",
        "Example/1.0 (x; y)",
        301,
    ]
    assert (row["request_bytes"], row["response_bytes"]) == (0, 178)


@pytest.mark.parametrize(
    ("host", "read"),
    [
        ("www.example.com:8000", "www.example.com"),
        ("www.example.com.:443", "www.example.com"),
        ("[2001:db8::1]:8080", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("198.51.100.7", "198.51.100.7"),
        (None, None),
    ],
)
def test_a_host_stands_without_its_port(host: str | None, read: str | None) -> None:
    assert http(host=host)["host"] == read


def test_a_host_cannot_have_its_request_refused() -> None:
    log = as_json([REQUEST | {"user_agent": "a\x00b\u202e", "uri": "/" + "x" * 5000, "status_code": 123456}])
    (row,) = read_pieces(zeek_http, [log]).tables[Http].to_pylist()
    assert row["user_agent"] == r"a\x00b\u202e"
    assert (len(row["path"]), row["status"]) == (1024, None)


def test_counts_are_bounded() -> None:
    outcome = read_pieces(zeek_http, [tsv("http", [REQUEST | {"response_body_len": 2**41}, REQUEST])])
    assert outcome.reasons == {7: f"response_body_len is too large: '{2**41}'"}
    assert outcome.tables[Http].num_rows == 1


def test_a_log_of_calls_is_none() -> None:
    call = {**REQUEST, "call_id": "1", "request_path": ["a"]}
    assert not zeek_http.recognise(as_json([call]))
    assert not zeek_http.recognise(tsv("sip", [call]))


def test_unknown_columns_are_left_out(test_data: Path) -> None:
    outcome = read_file(zeek_http, (test_data / "captures/rita-has-unknown-field/http.log").read_bytes())
    assert outcome.tables[Http].num_rows == 4
    assert outcome.reasons == {9: "30 columns expected, 29 found"}


def test_the_beacon_behind_a_proxy_is_read_with_its_true_name(test_data: Path) -> None:
    rows = read_file(zeek_http, (test_data / "captures/rita-proxy/http.log").read_bytes()).tables[Http].to_pylist()
    beacon = [row for row in rows if row["host"] == "www.honestimnotevil.com"]
    assert len(beacon) == 397
    assert {row["responder"] for row in beacon} == {"10.136.0.16"}


def test_a_day_of_requests_is_read_whole(test_data: Path) -> None:
    outcome = read_file(zeek_http, (test_data / "captures/rita-http-day/http.log.gz").read_bytes())
    assert (outcome.tables[Http].num_rows, outcome.rejects) == (27_204, [])
