"""The summary counts what comes from outside to each local host, hour by hour, and what was served."""

from collections.abc import Callable

from tests.detect.flows import HOST, PEER, flow, unanswered
from tocsin.detect._inputs import Inputs
from tocsin.store.engine import Engine

INWARD = {"initiator": PEER, "responder": HOST, "responder_port": 23}


def test_what_was_served_is_told_from_what_was_answered(engine: Engine, inputs: Callable[..., Inputs]) -> None:
    rows = [
        flow(0, **INWARD, responder_bytes=900),
        flow(1, **INWARD, responder_bytes=160),
        flow(2, **INWARD, responder_bytes=900, state="REJ"),
        flow(3, **INWARD, responder_bytes=900, initiator_packets=2),
        unanswered(4, **INWARD),
        flow(3600, **INWARD, responder_bytes=None, responder_packets=None),
    ]
    first, second = engine.rows(inputs(rows).table("inward_hour").order_by("hour")).to_pylist()
    assert (first["host"], first["peer"], first["port"]) == (HOST, PEER, 23)
    assert (first["flows"], first["answered"], first["served"]) == (5, 4, 1)
    assert (second["flows"], second["answered"], second["served"], second["host_bytes"]) == (1, 0, 0, 0)


def test_only_flows_from_outside_to_local_hosts(engine: Engine, inputs: Callable[..., Inputs]) -> None:
    rows = [flow(0), flow(1, **INWARD | {"initiator": "192.0.2.9"}), flow(2, **INWARD | {"responder": "203.0.113.1"})]
    assert engine.rows(inputs(rows).table("inward_hour")).num_rows == 0
