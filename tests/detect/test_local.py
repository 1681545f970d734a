"""Local networks are inferred from the traffic, or not at all."""

import pyarrow as pa

from tests.detect.flows import Row, flow
from tocsin.detect._local import infer
from tocsin.records import Flow, arrow_schema
from tocsin.store.engine import Engine


def inferred(engine: Engine, rows: list[Row]) -> list[str]:
    return [
        each.prefix for each in infer(engine, [engine.memory(pa.Table.from_pylist(rows, schema=arrow_schema(Flow)))])
    ]


def outside(i: int) -> str:
    return f"{20 + i % 150}.{i % 250}.7.9"


def test_private_ranges_that_carry_the_traffic(engine: Engine) -> None:
    home = [flow(i, initiator="192.168.1.5", responder=outside(i)) for i in range(50)]
    more = [flow(i, initiator="fd00::5", responder="2600::1") for i in range(50)]
    assert inferred(engine, home + more) == ["192.168.0.0/16", "fc00::/7"]


def test_public_networks_that_have_an_end_of_nearly_all(engine: Engine) -> None:
    campus = [flow(i, initiator="147.32.80.9", responder=outside(i)) for i in range(100)]
    visited = [flow(i, initiator=outside(i), responder="147.32.84.5") for i in range(100)]
    ipv6 = [flow(i, initiator="2001:718::1", responder=f"2600:{i:x}::1") for i in range(60)]
    stray = [flow(i, initiator="192.168.1.5", responder=outside(i)) for i in range(5)]
    assert inferred(engine, campus + visited + ipv6 + stray) == ["147.32.0.0/16", "2001:718::/32"]


def test_transit_gives_nothing_away(engine: Engine) -> None:
    assert inferred(engine, [flow(i, initiator=outside(i), responder=outside(i + 77)) for i in range(140)]) == []
    assert inferred(engine, []) == []


def test_of_two_equal_sides_it_is_the_one_that_begins(engine: Engine) -> None:
    assert inferred(engine, [flow(0, initiator="20.1.1.1", responder="30.1.1.1")]) == ["20.1.0.0/16"]
