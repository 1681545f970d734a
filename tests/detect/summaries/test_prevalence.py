"""The input ``prevalence`` of a day by itself."""

from collections.abc import Callable
from typing import Any

from tests.detect.flows import DAY, PEER, flow, seen
from tocsin.detect._inputs import Inputs
from tocsin.records import Tls
from tocsin.store.engine import Engine


def test_the_day_is_all_there_is(engine: Engine, inputs: Callable[..., Inputs]) -> None:
    hosts = [f"192.0.2.{i}" for i in range(1, 4)]
    calls = [seen(Tls, 1, initiator=host, server_name="www.example.net") for host in hosts]
    given = inputs([flow(1, initiator=host) for host in hosts], tls=calls)
    rows: list[dict[str, Any]] = engine.rows(given.table("prevalence")).to_pylist()
    day = DAY.date()
    assert rows == [{"peer": PEER, "hosts": 3, "first_day": day, "hosts_in_all": 3, "days": 1}]
