"""The reader of the log of PowerDNS' Recursor."""

import re
from datetime import datetime

import pytest

from tests.telemetry.told import RESOLVER, questions
from tocsin.telemetry import powerdns

STRUCTURED = (RESOLVER / "powerdns-structured.log").read_bytes()
YEARLESS = (RESOLVER / "powerdns-without-year.log").read_bytes()
# The same as the journal writes it with ``-o short-iso``.
JOURNAL = re.sub(rb"(?m)^Nov 24 (\S+) ", rb"2026-11-24T\1+0000 ns1 pdns_recursor[812]: ", YEARLESS)
QUESTION = b"2026-01-05T10:00:00Z 3 [7/1] question for 'a.example|A' from 192.0.2.10:5353"
ANSWER = b"2026-01-05T10:00:01Z 3 [7/1] answer to question 'a.example|A': 2 answers, 1 additional, rcode=0"


@pytest.mark.parametrize("log", [STRUCTURED, JOURNAL], ids=["structured", "journal"])
def test_an_answer_replaces_its_question(log: bytes) -> None:
    found, outcome = questions(powerdns, log)
    codes = {row["query"]: row.get("response_code") for row in found}
    assert (codes["alias.example"], codes["nothing.example"], codes["printer.home.arpa"]) == (
        "NOERROR",
        "NXDOMAIN",
        "SERVFAIL",
    )
    assert {row["initiator"] for row in found} == {"192.0.2.10", "192.0.2.11"}
    assert r"sp\032ace\010\"(x).example".replace(r"\"", '"') in codes
    assert not outcome.rejects
    assert powerdns.recognise(log)


def test_columns_mean_what_the_vocabulary_says() -> None:
    found, _ = questions(powerdns, STRUCTURED)
    assert found[0] == {
        "time": datetime(2026, 11, 24, 15, 28, 31, 286_000),
        "initiator": "192.0.2.10",
        "initiator_port": 42791,
        "query": "www.example",
        "query_type": "A",
        "response_code": "NOERROR",
        "answers": [],
    }
    assert len(found) == 20


def test_only_structured_lines_say_what_came_from_the_packet_cache() -> None:
    counts = [[row["query"] for row in questions(powerdns, log)[0]].count("host.test") for log in (STRUCTURED, JOURNAL)]
    assert counts == [2, 1]


def test_lines_without_a_year_are_known_and_refused() -> None:
    found, outcome = questions(powerdns, YEARLESS)
    assert powerdns.recognise(YEARLESS)
    assert not found
    assert outcome.rejects[0].reason == "time is not a time with a year, as the log has to have it: 'Nov 24 15:28:30'"


def test_an_answer_takes_its_client_from_the_question_of_the_same_task() -> None:
    other = QUESTION.replace(b"3 [7/1]", b"2 [7/1]").replace(b".10:5353", b".11:5354")
    (row, waiting), _ = questions(powerdns, b"\n".join([QUESTION, other, ANSWER.replace(b"7/1", b"7/2")]))
    assert (row["initiator"], row["response_code"]) == ("192.0.2.10", "NOERROR")
    assert (waiting["initiator"], waiting.get("response_code")) == ("192.0.2.11", None)


def test_an_answer_without_its_question_is_refused() -> None:
    found, outcome = questions(powerdns, ANSWER + b"\n" + QUESTION)
    assert outcome.reasons == {1: "the question that it answers does not stand above it"}
    assert outcome.rejects[0].text == ANSWER.decode()
    assert len(found) == 1


def test_what_a_client_asks_for_cannot_pass_for_another_value() -> None:
    # Within quotes, quotes have a backslash before them.
    line = STRUCTURED.splitlines()[-1].replace(
        rb"sp\\032ace\\010\"(x).example", rb"x\"\\032remote=\"198.51.100.1:1\"\\032rcode=\"0"
    )
    (row,), _ = questions(powerdns, line)
    assert row["initiator"] == "192.0.2.11"


@pytest.mark.parametrize(
    "line, reason",
    [
        (QUESTION.replace(b"192.0.2.10", b"192.0.2.300"), "client is not an address: '192.0.2.300'"),
        (QUESTION.replace(b"5353", b"99999"), "port is not a port: '99999'"),
        (QUESTION.replace(b"'a.example|A' from", b"'a.example"), "not a question or an answer as the Recursor logs it"),
        (QUESTION[11:], "it does not begin with a time, as the log has to have it"),
    ],
)
def test_lines_that_are_wrong_are_named(line: bytes, reason: str) -> None:
    found, outcome = questions(powerdns, line + b"\n" + QUESTION)
    assert outcome.reasons == {1: reason}
    assert len(found) == 1


def test_addresses_of_ipv6_stand_in_brackets() -> None:
    (row,), _ = questions(powerdns, QUESTION.replace(b"192.0.2.10:5353", b"[2001:db8::10]:5353"))
    assert (row["initiator"], row["initiator_port"]) == ("2001:db8::10", 5353)
