"""Contact with what is listed: what matches, how much it says, and what does not match."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.detect.flows import DAY, HOST, PEER, Detect, Row, flow, seen, unanswered
from tocsin.detect import indicator_match
from tocsin.records import Dns, Http, Tls

HASH = "ab" * 32


def listed(kind: str, value: str, **changed: Any) -> Row:
    row: Row = {
        "source": "list",
        "kind": kind,
        "value": value,
        "port": None,
        "family": "mirai",
        "confidence": 50,
        "since": DAY,
        "until": None,
    }
    return row | changed


def test_an_address_with_its_port_is_reported_and_without_it_a_candidate(detect: Detect) -> None:
    (row,) = detect("indicator_match", [flow(0), flow(5)], indicator=[listed("address", PEER, port=4444)])
    assert (row["peer"], row["port"], row["score"], row["contacts"]) == (PEER, 4444, 0.7, 2)
    assert (row["indicator_family"], row["indicator_source"], row["indicator_confidence"]) == ("mirai", "list", 50)
    assert detect("indicator_match", [flow(0)], indicator=[listed("address", PEER, port=80)], score_min=0.0) == []
    (row,) = detect("indicator_match", [flow(0)], indicator=[listed("address", PEER)], weak=True)
    assert row["score"] == 0.4


@pytest.mark.parametrize(
    ("table", "row", "indicator", "name"),
    [
        (Dns, {"query": "a.b.c2.example.net", "answers": []}, ("name", "c2.example.net"), "a.b.c2.example.net"),
        (Dns, {"query": "example.net", "answers": []}, ("name", "example.net"), "example.net"),
        (Tls, {"server_name": "c2.example.net"}, ("name", "c2.example.net"), "c2.example.net"),
        (Http, {"host": "c2.example.net:8080", "path": "/"}, ("name", "c2.example.net"), "c2.example.net"),
        (
            Http,
            {"host": "c2.example.net", "path": "/Gate.php?id=1"},
            ("url", "c2.example.net/gate.php"),
            "c2.example.net",
        ),
        (Tls, {"server_name": None, "certificate_sha256": HASH}, ("certificate_sha256", HASH), None),
    ],
)
def test_what_is_named_is_found(
    detect: Detect, table: type[Dns | Tls | Http], row: Row, indicator: tuple[str, str], name: str | None
) -> None:
    rows = {table.__name__.lower(): [seen(table, 10, **row)]}
    (found,) = detect("indicator_match", [], indicator=[listed(*indicator)], **rows)
    assert (found["host"], found["name"], found["score"], found["indicator"]) == (HOST, name, 0.7, indicator[1])


@pytest.mark.parametrize(
    "question", ["xc2.example.net", "c2.example.net.example.org", "net", "example.net", "c2-example.net"]
)
def test_names_that_only_look_alike_are_not(detect: Detect, question: str) -> None:
    rows = [seen(Dns, 0, query=question, answers=[])]
    assert detect("indicator_match", [], dns=rows, indicator=[listed("name", "c2.example.net")], score_min=0.0) == []


def test_fingerprints_say_little(detect: Detect) -> None:
    rows = [seen(Tls, 0, ja3="ab" * 16, server_name="www.example.net")]
    (row,) = detect("indicator_match", [], tls=rows, indicator=[listed("ja3", "ab" * 16)], weak=True)
    assert row["score"] == 0.4


@pytest.mark.parametrize(("days", "score"), [(0, 0.9), (29, 0.9), (30, 0.85), (95, 0.75), (400, 0.6), (-900, 0.9)])
def test_what_was_listed_long_ago_says_less(detect: Detect, days: int, score: float) -> None:
    old = listed("name", "c2.example.net", confidence=70, since=DAY - timedelta(days=days))
    rows = [seen(Dns, 0, query="c2.example.net", answers=[])]
    (row,) = detect("indicator_match", [], dns=rows, indicator=[old], weak=score < 0.7)
    assert row["score"] == score
    assert row["days_listed"] == max(days, 0)


def test_what_no_longer_holds_does_not_match(detect: Detect) -> None:
    rows = [seen(Dns, 0, query="c2.example.net", answers=[])]
    for until, found in ((date(2026, 2, 28), 0), (date(2026, 3, 1), 1)):
        expired = listed("name", "c2.example.net", until=until)
        assert len(detect("indicator_match", [], dns=rows, indicator=[expired])) == found


def test_silence_says_less(detect: Detect) -> None:
    at = listed("address", PEER, port=4444, confidence=80)
    assert [row["score"] for row in detect("indicator_match", [unanswered(0)], indicator=[at])] == [0.8]


def test_who_only_calls_in_is_no_contact(detect: Detect) -> None:
    rows = [flow(0, initiator=PEER, responder=HOST)]
    assert detect("indicator_match", rows, indicator=[listed("address", PEER)], score_min=0.0, weak=True) == []


def test_of_several_lists_the_strongest_counts(detect: Detect) -> None:
    several = [
        listed("address", PEER, port=4444, source="old", since=datetime(2020, 1, 1)),
        listed("address", PEER, port=4444, source="sure", confidence=75),
        listed("address", PEER, source="third", confidence=90),
    ]
    (row,) = detect("indicator_match", [flow(0)], indicator=several)
    assert (row["indicator_source"], row["score"], row["lists"]) == ("sure", 0.95, 3)


def test_the_explanation_accuses_nobody(detect: Detect) -> None:
    (row,) = detect("indicator_match", [flow(0)], indicator=[listed("address", PEER, port=4444)])
    text = indicator_match.explain(HOST, row, 2)
    assert f"{HOST} has had contact with {PEER} on port 4444/tcp" in text
    assert "the list list names as harmful (mirai), with a confidence of 50 in 100" in text
    assert "no proof" in text
