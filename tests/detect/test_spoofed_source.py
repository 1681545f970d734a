"""Forged senders that pass the edge of a network are found, at the sensor; transit and missing prefixes are not."""

import pytest

from tests.detect.flows import PEER, Detect, Row, flow, unanswered
from tocsin.detect import spoofed_source

# Without traffic of its own, a sensor stands at no edge.
OWN = [flow(i, responder="198.51.100.200", responder_port=443) for i in range(900)]


def forged(count: int = 150, senders: int = 30, **changed: object) -> list[Row]:
    return [unanswered(i, **{"initiator": f"203.0.113.{i % senders}"} | changed) for i in range(count)]


def test_forged_senders_are_found_and_the_sensor_is_the_subject(detect: Detect) -> None:
    (row,) = detect("spoofed_source", OWN + forged())
    assert (row["kind"], row["host"], row["peer"], row["port"]) == ("sensor", "edge", PEER, 4444)
    assert (row["senders"], row["flows"], row["score"]) == (30, 150, 0.70)
    text = spoofed_source.explain("edge", row, 0)
    assert text.startswith(
        f"Past sensor edge, {PEER} was sent 300 packets by 30 addresses that are not of this network"
    )


def test_addresses_from_nowhere_weigh(detect: Detect) -> None:
    rows = [row | {"initiator": f"10.0.0.{i % 30}"} for i, row in enumerate(forged())]
    assert detect("spoofed_source", OWN + rows)[0]["score"] == 0.80


@pytest.mark.parametrize(
    "rows",
    [
        forged(99),
        forged(senders=19),
        [flow(i, initiator=f"203.0.113.{i % 30}") for i in range(150)],
        forged(250),
        [row | {"responder": "192.0.2.7"} for row in forged()],
        [row | {"initiator": f"192.0.2.{i % 30}"} for i, row in enumerate(forged())],
        forged(responder_packets=None, responder_bytes=None),
    ],
    ids=["few", "few senders", "answered", "transit", "inward", "own addresses", "not known"],
)
def test_other_traffic_is_not_reported(detect: Detect, rows: list[Row]) -> None:
    assert detect("spoofed_source", OWN + rows) == []
