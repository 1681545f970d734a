"""What an ingest shows to have been watched."""

import time
from collections.abc import Sequence
from datetime import UTC, date, datetime

import pyarrow as pa

from tests.telemetry.reading import SCHEMA
from tocsin.parties.directory import ALWAYS, Directory
from tocsin.parties.lookup import prefix_table
from tocsin.records import Flow, Network
from tocsin.telemetry import Batch
from tocsin.telemetry._coverage import Tally

DAY = date(2026, 1, 5)


def covered(prefixes: Sequence[str], addresses: Sequence[str]) -> list[str]:
    """Networks that are covered when these addresses are seen."""
    held = Directory(tuple(_network(prefix) for prefix in prefixes), prefix_table(prefixes))
    tally = Tally((), lambda _: held)
    rows = [{"time": datetime(2026, 1, 5, tzinfo=UTC), "initiator": a, "responder": "203.0.113.1"} for a in addresses]
    tally.add(Batch(Flow, pa.Table.from_pylist(rows, SCHEMA)))
    return [network for _, day, network, _ in tally.covered() if day == DAY]


def _network(prefix: str) -> Network:
    return Network(
        holder="party",
        prefix=prefix,
        asn=None,
        since=ALWAYS,
        until=None,
        party="party",
        marking="TLP:AMBER",
        source="test",
    )


def test_wider_networks_are_covered_too_and_narrower_ones_are_not() -> None:
    prefixes = ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.1.2.0/24", "10.2.0.0/16", "::/0", "2001:db8::/32"]
    assert covered(prefixes, ["10.1.3.4"]) == ["10.0.0.0/8", "10.1.0.0/16"]
    assert covered(prefixes, ["10.1.2.4"]) == ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24"]
    assert covered(prefixes, ["2001:db8::1"]) == ["2001:db8::/32", "::/0"]
    assert covered(prefixes, ["192.0.2.1"]) == []


def test_many_networks_cost_little() -> None:
    prefixes = [f"10.{i >> 8}.{i & 255}.0/24" for i in range(3000)]
    addresses = [f"10.{i >> 8 & 7}.{i & 255}.{i % 251}" for i in range(10_000)]
    began = time.process_time()
    assert len(covered(prefixes, addresses)) == 2048
    assert time.process_time() - began < 2
