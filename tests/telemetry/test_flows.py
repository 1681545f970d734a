"""Counts are scaled up by the rate of their row."""

from typing import Any

import pyarrow as pa

from tocsin.records import Flow, arrow_schema
from tocsin.telemetry._flows import COUNTS, flow_batch, largest_count

ROWS = pa.Table.from_pylist(
    [{name: None for name in arrow_schema(Flow).names if name not in ("sensor", "sampling")} | dict.fromkeys(COUNTS, 3)]
    * 2
)


def _packets(rows: pa.Table, sampling: int) -> list[tuple[Any, Any]]:
    found = flow_batch(rows, "sensor", sampling).rows
    return list(zip(found["sampling"].to_pylist(), found["responder_bytes"].to_pylist(), strict=True))


def test_one_rate_for_all() -> None:
    assert _packets(ROWS, 1) == [(1, 3), (1, 3)]
    assert _packets(ROWS, 10) == [(10, 30), (10, 30)]


def test_a_rate_that_the_source_states_goes_before() -> None:
    stated = ROWS.append_column("sampling", pa.array([100, None], pa.int64()))
    assert _packets(stated, 10) == [(100, 300), (10, 30)]


def test_counts_that_were_scaled_already_are_not_scaled_again() -> None:
    stated = ROWS.append_column("sampling", pa.array([100, 1])).append_column("factor", pa.array([1, 1]))
    assert _packets(stated, 10) == [(100, 3), (1, 3)]


def test_a_count_that_is_scaled_up_stays_in_bounds() -> None:
    assert largest_count(1000) * 1000 <= 1 << 40
