"""Expressions that all detectors share."""

import pyarrow as pa

from tocsin.detect._expressions import busiest, stacked
from tocsin.store.engine import Engine


def test_a_small_number_in_the_first_table_narrows_no_other(engine: Engine) -> None:
    few = engine.memory(pa.table({"host": ["192.0.2.1"]})).mutate(names=0)
    many = engine.memory(pa.table({"host": ["192.0.2.2"], "names": [100_000]}))
    rows = engine.rows(engine.keep(stacked(few, many))).to_pylist()
    assert sorted(row["names"] for row in rows) == [0, 100_000]


def test_the_busiest_of_large_groups_and_all_of_small_ones(engine: Engine) -> None:
    rows = [{"host": "a", "peer": str(i), "flows": i % 3} for i in range(6)] + [{"host": "b", "peer": "x", "flows": 1}]
    table = engine.memory(pa.Table.from_pylist(rows))
    kept = engine.rows(busiest(table, ("host",), 3, table.flows, ("peer",))).to_pylist()
    assert sorted((row["host"], row["peer"]) for row in kept) == [("a", "1"), ("a", "2"), ("a", "5"), ("b", "x")]
