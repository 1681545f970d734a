"""A service that is served to the outside is found; one that only refuses or is knocked at is not."""

from typing import Any

import pytest

from tests.detect.flows import HOST, PEER, Detect, Row, flow, unanswered
from tocsin.detect import exposed_service


def served(second: float, **changed: Any) -> Row:
    row = {"initiator": PEER, "responder": HOST, "responder_port": 23, "responder_bytes": 900, "responder_packets": 9}
    return flow(second, **row | changed)


def test_an_open_service_is_found(detect: Detect) -> None:
    (row,) = detect("exposed_service", [served(0), served(5), served(9, initiator="203.0.113.7")])
    assert (row["host"], row["peer"], row["port"], row["score"]) == (HOST, PEER, 23, 0.70)
    assert (row["served_connections"], row["outside_addresses"]) == (3, 2)
    text = exposed_service.explain(HOST, row, 0)
    assert "on port 23/tcp (Telnet): it served 3 connections from 2 addresses" in text


def test_one_that_everybody_has_found_weighs_more(detect: Detect) -> None:
    (row,) = detect("exposed_service", [served(i, initiator=f"203.0.113.{i}") for i in range(10)])
    assert row["score"] == 0.85


@pytest.mark.parametrize(
    "changed",
    [
        {"responder_packets": 9, "responder_bytes": 360},
        {"state": "REJ"},
        {"responder_packets": 0, "responder_bytes": 0},
        {"initiator_packets": 2},
        {"responder_port": 443},
        {"initiator": "192.0.2.8"},
        {"responder_packets": None, "responder_bytes": None},
    ],
    ids=["headers", "refused", "silent", "not opened", "public service", "from inside", "not known"],
)
def test_other_contacts_are_not_reported(detect: Detect, changed: dict[str, Any]) -> None:
    assert detect("exposed_service", [served(i, **changed) for i in range(20)]) == []


def test_one_connection_is_not_enough(detect: Detect) -> None:
    assert detect("exposed_service", [served(0)]) == []


def test_what_the_host_asks_of_others_does_not_expose_it(detect: Detect) -> None:
    assert detect("exposed_service", [flow(i, responder_port=23, responder_bytes=900) for i in range(9)]) == []
    assert detect("exposed_service", [unanswered(i, initiator=PEER, responder=HOST) for i in range(9)]) == []
