from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.programme.report.traffic import ATTACKED, ATTACKED_V6, BEGIN, CONTACTS, CONTROL, FLOOD, HOST, PERIOD, flows
from tocsin.programme.report._traffic import CLOSE_UP, contacts, flood
from tocsin.records import Flow, Peer, arrow_schema
from tocsin.store.engine import Engine, open_engine


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine() as opened:
        yield opened


@pytest.fixture
def lake(tmp_path: Path) -> list[Path]:
    pq.write_table(pa.Table.from_pylist(flows(), schema=arrow_schema(Flow)), tmp_path / "flow.parquet")
    return [tmp_path / "flow.parquet"]


def peer(address: str, port: int | None = 80) -> Peer:
    return Peer(address=address, port=port, proto="tcp", name=None)


def test_every_contact_is_counted_once_however_fine_the_bins(engine: Engine, lake: list[Path]) -> None:
    seen = contacts(engine, lake, HOST, peer(CONTROL, 6667))
    assert seen is not None
    assert seen.first == BEGIN.replace(tzinfo=UTC)
    assert seen.last == (BEGIN + (CONTACTS - 1) * PERIOD).replace(tzinfo=UTC)
    assert seen.step == timedelta(seconds=15)
    assert sum(count for count, _ in seen.counts.values()) == CONTACTS
    assert sum(silent for _, silent in seen.counts.values()) == CONTACTS - (CONTACTS + 3) // 4


def test_the_close_up_holds_every_moment_from_the_contact_in_the_middle(engine: Engine, lake: list[Path]) -> None:
    seen = contacts(engine, lake, HOST, peer(CONTROL, 6667))
    assert seen is not None
    middle = (BEGIN + CONTACTS // 2 * PERIOD).replace(tzinfo=UTC)
    assert seen.close_up <= middle < seen.close_up + seen.step
    wanted = [(BEGIN + number * PERIOD).replace(tzinfo=UTC) for number in range(CONTACTS)]
    assert seen.moments == [time for time in wanted if seen.close_up <= time < seen.close_up + CLOSE_UP]


def test_a_flood_without_packet_counts_is_told_by_its_flows(engine: Engine, lake: list[Path]) -> None:
    seen = flood(engine, lake, HOST, peer(ATTACKED))
    assert seen is not None
    assert (seen.packets, seen.total, seen.first) == (False, 200, FLOOD.replace(tzinfo=UTC))
    assert seen.rates == [20.0] * 10


def test_packets_of_a_long_flow_are_spread_over_it(engine: Engine, lake: list[Path]) -> None:
    seen = flood(engine, lake, HOST, peer(ATTACKED_V6))
    assert seen is not None
    assert (seen.packets, seen.total) == (True, 4000)
    assert seen.rates == [800.0] * 5


def test_what_the_lake_no_longer_has_gives_nothing(engine: Engine, lake: list[Path]) -> None:
    assert contacts(engine, lake, HOST, peer("203.0.113.1")) is None
    assert flood(engine, [], HOST, peer(ATTACKED)) is None


def test_a_port_that_is_not_known_counts_every_port(engine: Engine, lake: list[Path]) -> None:
    seen = contacts(engine, lake, HOST, peer(CONTROL, None))
    assert seen is not None
    assert sum(count for count, _ in seen.counts.values()) == CONTACTS
