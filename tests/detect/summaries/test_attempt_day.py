"""The summary counts attempts to connect and those in vain, whatever words the source has for them."""

from collections.abc import Callable

import pytest

from tests.detect.flows import HOST, PEER, Row, flow, unanswered
from tocsin.detect._inputs import Inputs
from tocsin.store.engine import Engine

Summarise = Callable[[list[Row]], list[Row]]
ATTEMPT = {"responder_packets": 1, "responder_bytes": 40}
IPV6 = {"initiator": "2001:db8::5", "responder": "2a00::1"}


@pytest.fixture
def summarise(engine: Engine, inputs: Callable[[list[Row]], Inputs]) -> Summarise:
    return lambda rows: engine.rows(inputs(rows).table("attempt_day").order_by("peer", "port")).to_pylist()


def test_attempts_are_counted_by_address_and_port(summarise: Summarise) -> None:
    rows = [
        unanswered(0),
        unanswered(9),
        flow(5),
        unanswered(1, responder_port=80),
        unanswered(2, responder="192.0.2.9"),
    ]
    inner, web, own = summarise(rows)
    assert (inner["peer"], inner["inside"]) == ("192.0.2.9", True)
    assert (web["port"], web["attempts"], web["vain"]) == (80, 1, 1)
    assert (own["host"], own["peer"], own["inside"], own["attempts"], own["vain"]) == (HOST, PEER, False, 3, 2)
    assert (own["last"] - own["first"]).total_seconds() == 9


@pytest.mark.parametrize(
    "ended",
    [
        {"state": "S0", "responder_packets": 0, "responder_bytes": 0},
        {"state": "REJ", "responder_packets": 1, "responder_bytes": 40},
        {"state": "REJ", "responder_packets": None, "responder_bytes": None},
        {"responder_packets": 1, "responder_bytes": 40},
        {"responder_packets": 3, "responder_bytes": 120},
        {"responder_packets": 1, "responder_bytes": 60, **IPV6},
        {"responder_packets": 0, "responder_bytes": 0, "initiator_packets": None, "initiator_bytes": None},
        {"responder_packets": 0, "responder_bytes": 0, "initiator_packets": None, "initiator_bytes": 60},
    ],
)
def test_silence_and_refusal_are_in_vain(summarise: Summarise, ended: Row) -> None:
    (row,) = summarise([unanswered(0, **{"initiator_packets": 1, "initiator_bytes": 60} | ended)])
    assert (row["attempts"], row["vain"]) == (1, 1)


@pytest.mark.parametrize(
    "ended",
    [
        {},
        {"responder_packets": 1, "responder_bytes": 44},
        {"responder_packets": 1, "responder_bytes": 72, **IPV6},
        {"responder_packets": 0, "responder_bytes": 0, "initiator_packets": 20, "initiator_bytes": 1200},
        {"responder_packets": 0, "responder_bytes": 0, "initiator_packets": 5, "initiator_bytes": 2000},
    ],
)
def test_an_accepted_connection_is_not_nor_one_that_was_seen_by_half(summarise: Summarise, ended: Row) -> None:
    (row,) = summarise([flow(0, **ended)])
    assert (row["attempts"], row["vain"]) == (1, 0)


@pytest.mark.parametrize(
    "other",
    [
        {"protocol": "udp"},
        {"initiator": PEER, "responder": HOST},
        {"responder": "224.0.0.251"},
        {"responder_port": None},
        {"initiator_port": 80},
        {"state": "OTH"},
        {"responder_packets": None, "responder_bytes": None},
    ],
)
def test_what_is_no_attempt_of_a_local_host(summarise: Summarise, other: Row) -> None:
    assert summarise([unanswered(0, **other)]) == []


def test_an_answer_that_is_known_by_its_bytes_alone_is_an_answer(
    engine: Engine, inputs: Callable[[list[Row]], Inputs]
) -> None:
    rows = [
        flow(0, responder_packets=None, responder_bytes=900),
        flow(1, responder_packets=None, responder_bytes=0, initiator_packets=1, initiator_bytes=60),
        flow(2, responder_packets=None, responder_bytes=None),
    ]
    (found,) = engine.rows(inputs(rows).table("attempt_day")).to_pylist()
    assert (found["attempts"], found["vain"]) == (2, 1)
