"""The daily sum of pairs keeps the times of quiet ones, and of a host with very many the busiest."""

from collections.abc import Callable
from datetime import UTC

import pytest

from tests.detect.flows import DAY, Row, flow, unanswered
from tocsin.detect._inputs import Inputs
from tocsin.detect.summaries import pair_day
from tocsin.store.engine import Engine


@pytest.mark.parametrize(("contacts", "kept"), [(1, 0), (2, 2), (48, 48), (49, 0)])
def test_the_times_of_quiet_pairs_are_kept_in_order(
    engine: Engine, inputs: Callable[[list[Row]], Inputs], contacts: int, kept: int
) -> None:
    rows = [flow(i * 600.25) for i in reversed(range(contacts))]
    (row,) = engine.rows(inputs(rows).table("pair_day")).to_pylist()
    start = int(DAY.replace(tzinfo=UTC).timestamp() * 1e6)
    assert (row["flows"], row["hours"]) == (contacts, (contacts - 1) // 6 + 1)
    assert row["contacts"] == [start + i * 600_250_000 for i in range(kept)]


def test_a_host_with_very_many_keeps_the_busiest(
    engine: Engine, inputs: Callable[[list[Row]], Inputs], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pair_day, "PAIRS_MAX", 3)
    scan = [unanswered(i, responder=f"198.18.0.{i}") for i in range(1, 10)]
    few = [flow(i, initiator="192.0.2.11", responder=f"198.18.1.{i}") for i in range(1, 4)]
    rows = [*scan, *(flow(i, responder="203.0.113.5") for i in range(5)), *few]
    found = engine.rows(inputs(rows).table("pair_day")).to_pylist()
    of = {host: sorted(row["peer"] for row in found if row["host"] == host) for host in ("192.0.2.10", "192.0.2.11")}
    assert of["192.0.2.10"] == ["198.18.0.1", "198.18.0.2", "203.0.113.5"]
    assert len(of["192.0.2.11"]) == 3
