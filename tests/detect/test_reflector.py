"""Answers that are larger than the questions, many to one address, are found; a busy server is not."""

from typing import Any

import pytest

from tests.detect.flows import HOST, PEER, Detect, Row, flow
from tocsin.detect import reflector


def asked(second: float, **changed: Any) -> Row:
    row = {"initiator": PEER, "responder": HOST, "responder_port": 53, "protocol": "udp", "duration_us": 1_000_000}
    counts = {"initiator_packets": 100, "initiator_bytes": 6_000, "responder_packets": 100, "responder_bytes": 120_000}
    return flow(second, **row | counts | changed)


def test_large_answers_to_one_address_are_found(detect: Detect) -> None:
    (row,) = detect("reflector", [asked(i) for i in range(50)])
    assert (row["host"], row["peer"], row["port"], row["score"]) == (HOST, PEER, 53, 0.70)
    assert (row["question_packets"], row["answer_bytes"], row["times_as_large"]) == (5000, 6_000_000, 20)
    assert "with 20 times as much" in reflector.explain(HOST, row, 0)


@pytest.mark.parametrize(
    "rows",
    [
        [asked(i) for i in range(41)],
        [asked(i, responder_bytes=17_000) for i in range(400)],
        [asked(i * 60) for i in range(50)],
        [asked(i, responder_port=4444) for i in range(50)],
        [asked(i, protocol="tcp") for i in range(50)],
        [asked(i, initiator="192.0.2.9") for i in range(50)],
        [asked(i, initiator=f"198.51.100.{i}") for i in range(50)],
    ],
    ids=["little", "not larger", "seldom", "other port", "tcp", "inside", "many clients"],
)
def test_a_busy_server_is_not_reported(detect: Detect, rows: list[Row]) -> None:
    assert detect("reflector", rows) == []
