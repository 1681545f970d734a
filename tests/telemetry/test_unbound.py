"""The reader of Unbound's log."""

from datetime import datetime

import pytest

from tests.telemetry.told import RESOLVER, questions
from tocsin.telemetry import unbound

LOG = (RESOLVER / "unbound.log").read_bytes()
QUESTION = b"[1767607200] unbound[100:0] info: 192.0.2.10 a.example. A IN"
REPLY = b"[1767607201] unbound[100:0] info: 192.0.2.10 a.example. A IN NOERROR 0.750000 0 61"
LATER = b"[1767607290] unbound[100:0] info: 192.0.2.10 b.example. A IN"


def test_a_reply_replaces_its_question() -> None:
    found, outcome = questions(unbound, LOG)
    assert [row["query"] for row in found].count("host.test") == 2
    assert {row["query"]: row.get("response_code") for row in found} == {
        "www.example": "REFUSED",  # the last of them was asked without recursion
        "alias.example": "NOERROR",
        "mail.example": "NOERROR",
        "text.example": "NOERROR",
        "nothing.example": "NXDOMAIN",
        "host.test": "NOERROR",
        "gone.test": "NXDOMAIN",
        "a?b.example": "NXDOMAIN",
        "_sip._tcp.example": "NOERROR",
        "blocked.example": "NXDOMAIN",
        "printer.home.arpa": "NOERROR",
        "": "SERVFAIL",
        "version.bind": "NOERROR",
        "sp?ace???x?.example": "NXDOMAIN",
    }
    assert len(found) == 20
    assert not outcome.rejects


def test_the_time_is_the_questions() -> None:
    ((row,), _), ((alone,), _) = questions(unbound, QUESTION + b"\n" + REPLY), questions(unbound, REPLY)
    assert row["time"] == datetime(2026, 1, 5, 10)
    assert alone["time"] == datetime(2026, 1, 5, 10, 0, 0, 250_000)
    assert (row["initiator"], row["query_type"], row["response_code"]) == ("192.0.2.10", "A", "NOERROR")


def test_a_question_without_a_reply_has_no_code() -> None:
    late = REPLY.replace(b"01]", b"91]")
    for pieces in ([QUESTION + b"\n" + LATER + b"\n" + late], [QUESTION + b"\n" + LATER + b"\n", late]):
        found, _ = questions(unbound, *pieces)
        # After a minute nobody waits: the late reply is a row of its own.
        assert sorted((row["query"], str(row.get("response_code"))) for row in found) == [
            ("a.example", "NOERROR"),
            ("a.example", "None"),
            ("b.example", "None"),
        ]


@pytest.mark.parametrize(
    "line",
    [
        b"[1767607201] unbound[100:0] reply: 192.0.2.10 a.example. A IN NOERROR 0.750000 0 61 on udp 198.51.100.53 53",
        b"2026-01-05T10:00:01.000+00:00 unbound[100:0] reply: 192.0.2.10 a.example. A IN NOERROR 0.750000 0 61",
        b"2026-01-05T10:00:01Z ns1 unbound[100]: [100:0] info: 192.0.2.10 a.example. A IN NOERROR 0.750000 0 61",
        b"2026-01-05T10:00:01+0000 ns1 unbound: [100:0] reply: 192.0.2.10 a.example. A IN NOERROR 0.750000 0 61",
    ],
)
def test_versions_and_what_may_stand_before_a_message(line: bytes) -> None:
    assert unbound.recognise(line)
    (row,), outcome = questions(unbound, line)
    assert (row["time"], row["query"], row["response_code"]) == (
        datetime(2026, 1, 5, 10, 0, 0, 250_000),
        "a.example",
        "NOERROR",
    )
    assert row.get("responder") == ("198.51.100.53" if b" on udp " in line else None)
    assert not outcome.rejects


def test_a_log_whose_times_have_no_year_is_known_and_refused() -> None:
    log = (RESOLVER / "unbound-without-year.log").read_bytes()
    found, outcome = questions(unbound, log)
    assert unbound.recognise(log)
    assert not found
    assert outcome.rejects[0].reason == "time is not a time with a year, as the log has to have it: 'Nov 24 15:28:30'"


def test_what_is_no_question_is_left_out() -> None:
    log = b"\n".join(
        [
            b"[1767607200] unbound[100:0] notice: init module 0: iterator",
            b"[1767607200] unbound[100:0] info: blocked.example. always_nxdomain 192.0.2.10@1 blocked.example. A IN",
            b"[1767607200] unbound[100:0] info: 192.0.2.10 - - - FORMERR - - - ",
            b"[1767607200] unbound[100:0] info:    0.000256    0.000512 4",
            QUESTION,
        ]
    )
    found, outcome = questions(unbound, log)
    assert [row["query"] for row in found] == ["a.example"]
    assert not outcome.rejects


@pytest.mark.parametrize(
    "line, reason",
    [
        (REPLY.replace(b"0.750000", b"9999.750000"), "took is too large: '9999.750000'"),
        (REPLY.replace(b"192.0.2.10", b"192.0.2.310"), "client is not an address: '192.0.2.310'"),
        (REPLY.replace(b"0.750000", b"soon"), "not a question or a reply as Unbound logs it"),
        (b"info: 192.0.2.10 a.example. A IN", "it does not begin with a time, as the log has to have it"),
    ],
)
def test_lines_that_are_wrong_are_named(line: bytes, reason: str) -> None:
    found, outcome = questions(unbound, line + b"\n" + LATER)
    assert outcome.reasons == {1: reason}
    assert found[-1]["query"] == "b.example"
