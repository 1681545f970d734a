"""The summary counts what each local host sent outward, hour by hour."""

from collections.abc import Callable

from tests.detect.flows import HOST, PEER, Row, flow, unanswered
from tocsin.detect._inputs import Inputs
from tocsin.store.engine import Engine


def test_hours_are_counted_apart(engine: Engine, inputs: Callable[[list[Row]], Inputs]) -> None:
    rows = [
        flow(0),
        flow(299),
        unanswered(301, service="irc"),
        flow(3600, service="http", responder_packets=None, responder_bytes=None),
    ]
    found = engine.rows(inputs(rows).table("pair_hour").order_by("hour")).to_pylist()
    assert [(row["flows"], row["answered"], row["unanswered"], row["slots"]) for row in found] == [
        (3, 2, 1, 2),
        (1, 0, 0, 1),
    ]
    assert [(row["irc_flows"], row["known_flows"]) for row in found] == [(1, 0), (0, 1)]
    assert found[0]["host_bytes"] == 240 + 240 + 120
    assert found[1]["peer_packets"] == 0
    assert found[0]["connected_us"] == 1_500_000


def test_only_outward_flows_of_local_hosts(engine: Engine, inputs: Callable[[list[Row]], Inputs]) -> None:
    rows = [
        flow(0),
        flow(1, initiator=PEER, responder=HOST),
        flow(2, responder="192.0.2.99"),
        flow(3, responder="255.255.255.255"),
        flow(4, initiator="203.0.113.1"),
        flow(5, initiator="2001:db8::5", responder="2a00::1"),
    ]
    found = engine.rows(inputs(rows).table("pair_hour")).to_pylist()
    assert {(row["host"], row["peer"]) for row in found} == {(HOST, PEER), ("2001:db8::5", "2a00::1")}


def test_where_packets_are_not_known_bytes_tell_what_was_answered(
    engine: Engine, inputs: Callable[[list[Row]], Inputs]
) -> None:
    unknown = {"initiator_packets": None, "responder_packets": None}
    rows = [flow(0, **unknown), flow(1, **unknown), unanswered(2, **unknown), flow(3, **unknown, responder_bytes=None)]
    (found,) = engine.rows(inputs(rows).table("pair_hour")).to_pylist()
    assert (found["flows"], found["answered"], found["unanswered"]) == (4, 2, 1)
    assert (found["host_packets"], found["peer_packets"]) == (4, 2), "at least"
