"""What half of a network visits weighs less, what is rare and new weighs more, and a small network says nothing."""

from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest

from tests.detect.flows import PEER
from tocsin.detect._rarity import visited, weighed
from tocsin.store.engine import Engine

TODAY = date(2026, 3, 15)


def visits(hosts: int, of: int, days: int, since: int) -> list[dict[str, Any]]:
    """A history in which so many of so many hosts visit PEER, from so many days ago on."""
    rows = [
        {"host": f"192.0.2.{host}", "peer": f"203.0.113.{host}", "name": None, "day": TODAY - timedelta(days=day)}
        for host in range(of)
        for day in range(days)
    ]
    return rows + [
        {"host": f"192.0.2.{host}", "peer": PEER, "name": "c2.example.net", "day": TODAY - timedelta(days=since)}
        for host in range(hosts)
    ]


TEXT: pa.DataType = pa.string()
DAY: pa.DataType = pa.date32()
SCHEMA = pa.schema({"host": TEXT, "peer": TEXT, "name": TEXT, "day": DAY})


def weigh(engine: Engine, score: float, history: list[dict[str, Any]], **row: Any) -> dict[str, Any]:
    met = engine.memory(pa.Table.from_pylist(history, schema=SCHEMA))
    kinds: dict[str, pa.DataType] = {"peer": TEXT, "name": TEXT, "day": DAY, "score": pa.float64()}
    values = {"peer": PEER, "day": TODAY, "score": score} | row
    schema = pa.schema({name: kind for name, kind in kinds.items() if name in values})
    rows = engine.memory(pa.Table.from_pylist([values], schema=schema))
    named = met.filter(met.name.notnull())
    (found,) = engine.rows(weighed(rows, visited(met, "peer"), visited(named, "name"))).to_pylist()
    return found


@pytest.mark.parametrize(
    ("score", "hosts", "of", "days", "since", "after"),
    [
        (0.7, 10, 20, 1, 0, 0.5),
        (0.7, 9, 20, 1, 0, 0.7),
        (0.9, 20, 20, 14, 13, 0.7),
        (0.7, 9, 9, 14, 0, 0.7),
        (0.7, 1, 1, 14, 0, 0.7),
        (0.7, 1, 20, 14, 0, 0.75),
        (0.7, 1, 20, 14, 1, 0.7),
        (0.7, 1, 20, 3, 0, 0.7),
        (0.7, 2, 20, 14, 0, 0.7),
        (0.99, 1, 20, 14, 0, 0.99),
    ],
    ids=[
        *("half of them", "fewer", "common but strong", "too few hosts", "one host", "rare and new", "rare, not new"),
        *("too few days", "not rare", "never beyond doubt"),
    ],
)
def test_weight(engine: Engine, score: float, hosts: int, of: int, days: int, since: int, after: float) -> None:
    found = weigh(engine, score, visits(hosts, of, days, since))
    assert found["score"] == after
    assert found["hosts_that_visit"] == hosts
    assert found["share_of_hosts"] == hosts / of
    assert found["days_since_first_visit"] == since


def test_a_name_says_more_than_its_address(engine: Engine) -> None:
    history = [*visits(12, 20, 1, 0), {"host": "192.0.2.1", "peer": PEER, "name": "rare.example.net", "day": TODAY}]
    assert weigh(engine, 0.7, history, name="rare.example.net")["hosts_that_visit"] == 1
    assert weigh(engine, 0.7, history, name="c2.example.net")["hosts_that_visit"] == 12
    assert weigh(engine, 0.7, history, name=None)["score"] == 0.5


def test_what_is_not_known_weighs_nothing(engine: Engine) -> None:
    found = weigh(engine, 0.7, visits(12, 20, 1, 0), peer="198.51.100.250")
    assert (found["score"], found["hosts_that_visit"]) == (0.7, None)
