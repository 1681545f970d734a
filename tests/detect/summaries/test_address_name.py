"""An address has the name by which it was found, if it is one alone."""

from collections.abc import Callable

from tests.detect.flows import PEER, seen
from tocsin.detect._inputs import Inputs
from tocsin.records import Dns
from tocsin.store.engine import Engine


def test_one_name_alone(engine: Engine, inputs: Callable[..., Inputs]) -> None:
    asked = {
        "c2.example.net": ["alias.example.net", PEER, "2001:db8:9::1"],
        "www.example.org": ["203.0.113.80"],
        "cdn.example.org": ["203.0.113.80"],
        "nothing.example.org": [],
    }
    rows = [seen(Dns, i % 3, query=name, answers=answers) for name, answers in asked.items() for i in range(2)]
    found = engine.rows(inputs([], dns=rows).table("address_name")).to_pylist()
    assert {row["address"]: row["name"] for row in found} == {PEER: "c2.example.net", "2001:db8:9::1": "c2.example.net"}
