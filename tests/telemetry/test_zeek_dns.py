"""The reader of Zeek's dns logs."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.telemetry.reading import read_file, read_pieces
from tests.telemetry.zeek_logs import EXCHANGE, as_json, read_both, tsv
from tocsin.records import Dns
from tocsin.telemetry import zeek_dns

QUESTION = {
    **EXCHANGE,
    "query": "WWW.Example.COM.",
    "qtype_name": "A",
    "rcode_name": "NOERROR",
    "answers": ["cdn.example.net", "198.51.100.80", "2001:DB8::0:80"],
    "TTLs": [300.0, 60.5, 61.0],
}


def dns(**changed: Any) -> dict[str, Any]:
    (row,) = read_both("zeek_dns", Dns, [QUESTION | changed])
    return row


def test_columns_mean_what_the_vocabulary_says() -> None:
    assert dns() == {
        "sensor": "sensor",
        "time": datetime(2026, 1, 5, 0, 0, 0, 1),
        "initiator": "192.0.2.10",
        "initiator_port": 50001,
        "responder": "198.51.100.7",
        "responder_port": 443,
        "uid": "CExample0000000001",
        "query": "www.example.com",
        "query_type": "A",
        "response_code": "NOERROR",
        "answers": ["cdn.example.net", "198.51.100.80", "2001:db8::80"],
        "ttl_seconds": 60,
    }


def test_a_question_without_an_answer_has_no_code() -> None:
    row = dns(rcode_name=None, answers=None, TTLs=None)
    assert (row["response_code"], row["answers"], row["ttl_seconds"]) == (None, [], None)


def test_an_empty_list_is_no_answer() -> None:
    row = dns(answers=[], TTLs=[])
    assert (row["answers"], row["ttl_seconds"]) == ([], None)


@pytest.mark.parametrize(
    ("query", "read"), [("<Root>", ""), (r"*\x00\x00", r"*\x00\x00"), ("a b._tcp.local", "a b._tcp.local")]
)
def test_odd_names_are_kept(query: str, read: str) -> None:
    assert dns(query=query)["query"] == read


def test_the_type_of_any_record_has_its_name() -> None:
    assert dns(qtype_name="*")["query_type"] == "ANY"


def test_what_is_neither_address_nor_name_is_no_answer() -> None:
    assert dns(answers=["TXT 5 hello", "TXT 18 302f017537c68f5169", "b.example"])["answers"] == ["b.example"]


def test_answers_are_bounded() -> None:
    many = [f"198.51.100.{number}" for number in range(100)]
    assert dns(answers=many)["answers"] == many[:64]
    assert dns(answers=["a" * 256 + ".example", "b.example"])["answers"] == ["b.example"]


def test_a_host_cannot_have_its_question_refused() -> None:
    log = as_json([QUESTION | {"query": "a\x1b[2Jb" + "c" * 300}])
    (row,) = read_pieces(zeek_dns, [log]).tables[Dns].to_pylist()
    assert row["query"].startswith(r"a\x1b[2jb") and len(row["query"]) == 255


def test_rows_without_a_question_are_left_out() -> None:
    assert read_both("zeek_dns", Dns, [QUESTION | {"query": None}, QUESTION])[0]["query"] == "www.example.com"


def test_faults_are_named_and_spoil_no_other_line() -> None:
    log = tsv("dns", [QUESTION, QUESTION | {"TTLs": "soon"}, QUESTION | {"qtype_name": "A" * 129}, QUESTION])
    outcome = read_pieces(zeek_dns, [log])
    assert outcome.reasons == {
        8: "TTLs is not a list of seconds: 'soon'",
        9: f"qtype_name is not short printable text: '{'A' * 80}'",
    }
    assert outcome.tables[Dns].num_rows == 2


def test_faults_in_json_are_named() -> None:
    lines = as_json([QUESTION, QUESTION | {"answers": "one"}, QUESTION | {"answers": [{}]}, QUESTION])
    outcome = read_pieces(zeek_dns, [lines])
    assert outcome.reasons == {
        2: "not a JSON object of plain values: answers is no list",
        3: "not a JSON object of plain values: answers is no text and no number",
    }
    assert [row["ttl_seconds"] for row in outcome.tables[Dns].to_pylist()] == [60, 60]


def test_the_generated_names_of_the_test_data_are_read(test_data: Path) -> None:
    outcome = read_file(zeek_dns, (test_data / "captures/strato-005-simda-dga/dns.log").read_bytes())
    rows = outcome.tables[Dns].to_pylist()
    # 992 rows, of which 12 ask for nothing.
    assert (len(rows), outcome.rejects) == (980, [])
    assert sum(row["response_code"] == "NXDOMAIN" for row in rows) == 129
    # The file has 402 pairs of host and name, of which some differ in upper and lower case alone.
    assert len({(row["initiator"], row["query"]) for row in rows}) == 391
