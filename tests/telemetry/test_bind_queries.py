"""The reader of BIND's query log."""

from datetime import datetime

import pytest

from tests.telemetry.told import RESOLVER, questions
from tocsin.telemetry import bind_queries

LOG = (RESOLVER / "bind.log").read_bytes()
LINE = (
    b"24-Nov-2026 10:00:00.250 client @0x7f 192.0.2.10#5353 (a.example): query: a.example IN A +E(0)K (198.51.100.53)"
)


def test_columns_mean_what_the_vocabulary_says() -> None:
    found, outcome = questions(bind_queries, LOG)
    assert found[0] == {
        "time": datetime(2026, 11, 24, 15, 28, 28, 604_000),
        "initiator": "192.0.2.10",
        "initiator_port": 56655,
        "responder": "198.51.100.53",
        "query": "www.example",
        "query_type": "A",
        "answers": [],
    }
    assert len(found) == LOG.count(b"\n") == 21
    assert not outcome.rejects


def test_names_are_lower_case_and_keep_what_is_odd_in_them() -> None:
    found, _ = questions(bind_queries, LOG)
    assert [row["query"] for row in found[1:2] + found[9:10] + found[13:14] + found[19:20]] == [
        "www.example",
        r"a\.b.example",
        "",
        r"sp\032ace\010\"\(x\).example",
    ]
    assert (found[15]["query_type"], found[17]["initiator"]) == ("TYPE65400", "192.0.2.11")
    assert (found[20]["initiator"], found[20]["responder"]) == ("2001:db8::10", "2001:db8::53")


def test_local_times_with_a_year_are_taken_as_utc() -> None:
    utc, local = (questions(bind_queries, data)[0] for data in (LOG, (RESOLVER / "bind-local.log").read_bytes()))
    assert local == utc


def test_a_log_without_times_is_known_and_refused() -> None:
    log = (RESOLVER / "bind-timeless.log").read_bytes()
    found, outcome = questions(bind_queries, log)
    assert bind_queries.recognise(log)
    assert not found
    assert set(outcome.reasons.values()) == {"it does not begin with a time, as the log has to have it"}


@pytest.mark.parametrize(
    "before",
    [
        b"2026-11-24T10:00:00.250000+00:00 ns1 named[812]: ",
        b"<30>1 2026-11-24T10:00:00.25Z ns1 named 812 - - ",
        b"2026-11-24T10:00:00.25+0000 ns1 named[812]: queries: info: ",
        b"24-Nov-2026 10:00:00.250 queries: info: ",
        b"2026-11-24T12:00:00.250+02:00 ",
    ],
)
def test_what_may_stand_before_a_message(before: bytes) -> None:
    line = before + LINE.partition(b"client")[1] + LINE.partition(b"client")[2] + b"\n"
    (row,), outcome = questions(bind_queries, line)
    assert (row["time"], row["query"]) == (datetime(2026, 11, 24, 10, 0, 0, 250_000), "a.example")
    assert bind_queries.recognise(line)
    assert not outcome.rejects


@pytest.mark.parametrize(
    "old, new",
    [
        (b"192.0.2.10#5353 (a.example)", b"192.0.2.10#5353/key update (a.example)"),
        (b"(a.example): query", b"(a.example): view inside: query"),
        (b"(198.51.100.53)", b"(198.51.100.53) [ECS 192.0.2.0/24/0]"),
        (b"client @0x7f ", b"client "),
        (b"(198.51.100.53)", b"(fe80::1%eth0)"),
    ],
)
def test_versions_and_settings_of_bind(old: bytes, new: bytes) -> None:
    (row,), outcome = questions(bind_queries, LINE.replace(old, new) + b"\n")
    assert (row["initiator"], row["query"]) == ("192.0.2.10", "a.example")
    assert not outcome.rejects


def test_a_time_without_a_year_is_refused() -> None:
    line = LINE.replace(b"24-Nov-2026 10:00:00.250", b"Nov 24 10:00:00 ns1 named[812]:")
    found, outcome = questions(bind_queries, line)
    assert not found
    assert outcome.reasons == {1: "time is not a time with a year, as the log has to have it: 'Nov 24 10:00:00'"}


@pytest.mark.parametrize(
    "line, reason",
    [
        (
            LINE.replace(b"24-Nov", b"31-Nov"),
            "time is not a time with a year, as the log has to have it: '31-Nov-2026 10:00:00.250'",
        ),
        (
            LINE.replace(b"24-Nov", b"24-Nox"),
            "time is not a time with a year, as the log has to have it: '24-Nox-2026 10:00:00.250'",
        ),
        (LINE.replace(b"192.0.2.10#5353", b"192.0.2.256#5353"), "client is not an address: '192.0.2.256'"),
        (LINE.replace(b"#5353", b"#65536"), "port is not a port: '65536'"),
        (LINE.replace(b" IN A ", b" IN a(b) "), "type is not a type of record: 'a(b)'"),
        (LINE.replace(b"query: a.example IN", b"query: a.exa"), "not a question as BIND logs it"),
        (LINE.replace(b"query: a.example", "query: ä.example".encode()), "query is not a name: 'ä.example'"),
        (b"rubbish", "it does not begin with a time, as the log has to have it"),
    ],
)
def test_lines_that_are_wrong_are_named(line: bytes, reason: str) -> None:
    found, outcome = questions(bind_queries, LINE + b"\n" + line + b"\n" + LINE)
    assert outcome.reasons == {2: reason}
    assert len(found) == 2


def test_messages_of_other_categories_are_left_out() -> None:
    other = b"24-Nov-2026 10:00:00.250 general: info: zone example/IN: loaded serial 1\n"
    found, outcome = questions(bind_queries, other + LINE + b"\n")
    assert len(found) == 1
    assert not outcome.rejects
    assert not bind_queries.recognise(other)
