"""The reader of dnstap."""

from datetime import datetime

import dns.message
import pytest

from tests.telemetry.told import RESOLVER, Row, questions
from tocsin.records import Dns
from tocsin.telemetry import dnstap
from tocsin.telemetry._dnstap_message import _Dnstap as Tapped
from tocsin.telemetry._frames import frames

TAP = (RESOLVER / "bind.dnstap").read_bytes()
START = b"\0\0\0\0" + b"\0\0\0\x22\0\0\0\x02\0\0\0\x01\0\0\0\x16protobuf:dnstap.Dnstap"
QUERY, RESPONSE, RESOLVER_QUERY, AUTH_QUERY = 5, 6, 3, 1


def frame(kind: int, second: int = 0, wire: bytes | None = None, **changes: object) -> bytes:
    """One frame, as a server writes it."""
    asked = dns.message.make_query("a.example", "A", id=7)
    said = wire if wire is not None else (dns.message.make_response(asked) if kind == RESPONSE else asked).to_wire()
    tapped = Tapped()
    message = tapped.message
    message.type = kind
    message.query_address, message.query_port = bytes([192, 0, 2, 10]), 5353
    message.query_time_sec, message.query_time_nsec = 1_767_607_200 + second, 999_999_999
    if kind == RESPONSE:
        message.response_message = said
    else:
        message.query_message = said
    for name, value in changes.items():
        setattr(message, name, value)
    data: bytes = tapped.SerializeToString()
    return len(data).to_bytes(4, "big") + data


def told(*parts: bytes) -> tuple[list[Row], dict[int, str]]:
    found, outcome = questions(dnstap, START + b"".join(parts))
    return found, outcome.reasons


def test_columns_mean_what_the_vocabulary_says() -> None:
    found, outcome = questions(dnstap, TAP)
    assert found[0] == {
        "time": datetime(2026, 11, 24, 15, 28, 28, 604_059),
        "initiator": "192.0.2.10",
        "initiator_port": 56655,
        "responder": "198.51.100.53",
        "responder_port": 53,
        "query": "www.example",
        "query_type": "A",
        "response_code": "NOERROR",
        "answers": ["203.0.113.11", "203.0.113.10"],
        "ttl_seconds": 300,
    }
    assert not outcome.rejects


def test_what_clients_asked_is_the_same_as_in_the_query_log() -> None:
    found, _ = questions(dnstap, TAP)
    by_name = {row["query"]: row for row in found}
    assert by_name["alias.example"]["answers"] == ["www.example", "203.0.113.10", "203.0.113.11"]
    assert by_name["alias.example"]["ttl_seconds"] == 120
    assert (by_name["mail.example"]["answers"], by_name["text.example"]["answers"]) == (["mx.example"], [])
    assert by_name["nothing.example"]["response_code"] == "NXDOMAIN"
    assert by_name["printer.home.arpa"]["response_code"] == "SERVFAIL"
    # One of the 21 questions was asked without recursion: to BIND that is a question to an authority.
    assert len(found) == 20
    assert len(list(frames([TAP]))) == 56


def test_a_response_replaces_its_query() -> None:
    found, _ = told(frame(QUERY), frame(QUERY, 1, query_port=5354), frame(RESPONSE, 2))
    assert [(row["initiator_port"], row.get("response_code"), row["time"].second) for row in found] == [
        (5353, "NOERROR", 0),
        (5354, None, 1),
    ]


def test_only_what_is_between_client_and_server_counts() -> None:
    found, reasons = told(frame(RESOLVER_QUERY), frame(AUTH_QUERY), frame(QUERY, wire=bytes(12)), frame(QUERY))
    assert len(found) == 1
    assert not reasons


def test_a_response_may_say_only_when_it_was_sent() -> None:
    answer = frame(RESPONSE, query_time_sec=0, response_time_sec=1_767_607_230, response_time_nsec=1000)
    (row,), _ = told(answer)
    assert row["time"] == datetime(2026, 1, 5, 10, 0, 30, 1)


@pytest.mark.parametrize(
    "wrong, reason",
    [
        (frame(QUERY, wire=b"short"), "it is shorter than a header"),
        (frame(QUERY, query_address=b"\x01\x02"), "it does not name the client's address"),
        (frame(QUERY, query_time_sec=0), "it has no time"),
        (frame(QUERY, query_time_sec=2**63), "it has no time"),
        (b"\0\0\0\x03\xff\xff\xff", "it is no message of dnstap"),
    ],
)
def test_frames_that_are_wrong_are_named(wrong: bytes, reason: str) -> None:
    found, reasons = told(frame(QUERY), wrong, frame(QUERY, 1))
    assert reasons == {2: reason}
    assert len(found) == 2


def test_of_a_file_that_is_cut_off_all_that_is_there_is_kept() -> None:
    found, outcome = questions(dnstap, START + frame(QUERY) + frame(QUERY, 1)[:-5])
    assert outcome.cut_off
    assert outcome.reasons == {2: "the file is cut off in this frame"}
    assert len(found) == 1


def test_behind_a_length_that_makes_no_sense_nothing_is_read() -> None:
    found, outcome = questions(dnstap, START + frame(QUERY) + b"\x7f\xff\xff\xff" + frame(QUERY, 1) * 10)
    assert outcome.cut_off
    assert outcome.reasons == {2: "its length makes no sense, so that what follows it cannot be read"}
    assert len(found) == 1


def test_files_put_together_and_pieces_of_any_size_change_nothing() -> None:
    whole, _ = questions(dnstap, TAP)
    pieces, outcome = questions(dnstap, *(TAP[at : at + 7] for at in range(0, len(TAP), 7)))
    assert pieces == whole
    assert len(questions(dnstap, TAP, TAP)[0]) == 2 * len(whole)
    outcome.tables[Dns].validate(full=True)


@pytest.mark.parametrize(
    "head, known", [(TAP[:64], True), (START, True), (START.replace(b"dnstap", b"others"), False), (b"\0" * 64, False)]
)
def test_dnstap_is_known_by_its_first_frame(head: bytes, known: bool) -> None:
    assert dnstap.recognise(head) is known
