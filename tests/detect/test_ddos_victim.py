"""A flood from outside is found at the address or the network that it hits; its senders are no bots."""

from typing import Any

import pytest

from tests.detect.flows import HOST, PEER, Detect, Row, unanswered
from tocsin.detect import ddos_victim


def hit(second: float, source: int, **changed: Any) -> Row:
    """Packets from one of many outside addresses to HOST, to which nothing goes back."""
    row = {"initiator": f"198.51.{source // 200}.{source % 200 + 1}", "responder": HOST, "responder_port": 80}
    return unanswered(second, **row | {"initiator_packets": 100, "initiator_bytes": 4000, "duration_us": 0} | changed)


def flood(sources: int = 40, **changed: Any) -> list[Row]:
    return [hit(source / 2, source, **changed) for source in range(sources)]


def test_a_flood_from_many_addresses_is_found(detect: Detect) -> None:
    rows = detect("ddos_victim", flood())
    assert {(row["kind"], row["host"]) for row in rows} == {("host", HOST)}
    assert len(rows) == 5
    assert (rows[0]["packets"], rows[0]["sources"], rows[0]["minutes"], rows[0]["score"]) == (4000, 40, 1, 0.70)
    text = ddos_victim.explain(HOST, rows[0], 4)
    assert "up to 4" in text
    assert "It is attacked" in text


def test_the_port_of_answers_that_nobody_asked_for_is_told(detect: Detect) -> None:
    rows = detect("ddos_victim", flood(protocol="udp", initiator_port=53, responder_port=40000))
    assert {row["port"] for row in rows} == {53}


def test_packets_of_a_long_flow_are_spread(detect: Detect) -> None:
    hour = {"initiator_packets": 6_000, "duration_us": 3_600_000_000 - 1}
    assert detect("ddos_victim", flood(29, **hour)) == []
    (row, *_) = detect("ddos_victim", flood(31, **hour))
    assert row["minutes"] == 60


@pytest.mark.parametrize(
    "rows",
    [
        flood(29),
        [hit(i, 1, initiator_packets=500) for i in range(50)],
        flood(responder_packets=20, responder_bytes=800),
        [hit(source * 60, source) for source in range(100)],
        flood(responder_packets=None, responder_bytes=None),
        flood(responder="203.0.113.9"),
        [row | {"initiator": "192.0.2.50"} for row in flood()],
    ],
    ids=["few packets", "one sender", "answered", "spread over time", "not known", "not local", "from inside"],
)
def test_less_is_not_reported(detect: Detect, rows: list[Row]) -> None:
    assert detect("ddos_victim", rows) == []


def test_one_sender_is_enough_when_it_sends_that_much(detect: Detect) -> None:
    (row,) = detect("ddos_victim", [hit(i, 1, initiator_packets=1500) for i in range(40)])
    assert (row["peer"], row["sources"]) == ("198.51.0.2", 1)


def test_a_network_that_is_flooded_together_is_found_where_no_address_stands_out(detect: Detect) -> None:
    rows = [hit(i / 20, i, responder=f"192.0.2.{i % 20}", initiator_packets=20) for i in range(200)]
    found = detect("ddos_victim", rows)
    assert {(row["kind"], row["host"]) for row in found} == {("infrastructure", "192.0.2.0/24")}
    assert found[0]["flooded_addresses"] == 20
    assert "to 20 addresses of it" in ddos_victim.explain("192.0.2.0/24", found[0], 4)


@pytest.mark.parametrize(
    ("around", "network"),
    [("2001:db8::{}", "2001:db8::/48"), ("2001:db8:0:1::{}", "2001:db8::/48"), ("2001:db8:a:1::{}", "2001:db8:a::/48")],
)
def test_a_network_of_ipv6_too(detect: Detect, around: str, network: str) -> None:
    rows = [
        hit(i / 20, i, initiator=f"2a00:{i:x}::1", responder=around.format(f"{i % 20 + 1:x}"), initiator_packets=20)
        for i in range(200)
    ]
    assert {(row["kind"], row["host"]) for row in detect("ddos_victim", rows)} == {("infrastructure", network)}


def test_who_sends_is_not_accused(detect: Detect) -> None:
    assert PEER not in {row["host"] for row in detect("ddos_victim", flood(initiator=PEER, initiator_packets=9000))}
