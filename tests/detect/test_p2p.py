"""A crowd of peers and a search for devices together are found; neither is alone."""

from typing import Any

import pytest

from tests.detect.flows import HOST, Detect, Row, flow, unanswered
from tocsin.detect import p2p


def crowd(count: int = 60, **changed: Any) -> list[Row]:
    return [
        flow(i * 30, **{"protocol": "udp", "responder": f"198.51.100.{i}", "responder_port": 20000 + 7 * i} | changed)
        for i in range(count)
    ]


def search(count: int = 20) -> list[Row]:
    return [unanswered(i, responder=f"203.0.113.{i}", responder_port=23) for i in range(count)]


def test_a_crowd_and_a_search_are_found_together(detect: Detect) -> None:
    rows = detect("p2p", crowd() + search())
    assert [(row["host"], row["peer"]) for row in rows] == [(HOST, f"198.51.100.{i}") for i in range(5)]
    assert (rows[0]["peers"], rows[0]["searched_addresses"], rows[0]["score"]) == (60, 20, 0.75)
    text = p2p.explain(HOST, rows[0], 4)
    assert "small messages with 60 addresses" in text
    assert "tried 20 addresses in vain" in text


def test_peers_that_do_not_answer_weigh(detect: Detect) -> None:
    rows = crowd(responder_packets=0, responder_bytes=0)
    assert detect("p2p", rows + search())[0]["score"] == 0.85


@pytest.mark.parametrize(
    "rows",
    [
        crowd(),
        search(),
        crowd(29) + search(),
        crowd() + search(9),
        crowd(responder_port=27015) + search(),
        crowd(responder_bytes=2_000_000) + search(),
        crowd(protocol="tcp") + search(),
        crowd(responder_port=53) + search(),
        crowd() + [row | {"responder_port": 443} for row in search()],
        crowd() + [row | {"initiator": "192.0.2.99"} for row in search()],
    ],
    ids=[
        "crowd",
        "search",
        "few peers",
        "short search",
        "one service",
        "files",
        "tcp",
        "resolvers",
        "web",
        "two hosts",
    ],
)
def test_less_is_not_reported(detect: Detect, rows: list[Row]) -> None:
    assert detect("p2p", rows) == []
