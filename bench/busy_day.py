"""A made-up day of a busy network: ordinary traffic with planted attacks, as large as one likes."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tocsin.records import Dns, Flow, arrow_schema

DAY = np.datetime64("2026-03-02T00:00:00", "us")
DAY_US = 86_400_000_000
NETWORKS = ("10.0.0.0/8",)
BATCH = 1_000_000

# As on a campus of which 232,696 flows were looked at: pairs of addresses for each flow.
PAIRS_PER_FLOW = 0.66
FLOWS_PER_HOST = 400

PORTS = np.array([443, 80, 53, 123, 993, 22, 8080, 5222, 6881, 27015])
SHARES = np.array([0.52, 0.16, 0.14, 0.03, 0.03, 0.02, 0.02, 0.02, 0.04, 0.02])
OVER_UDP = (53, 123, 6881, 27015)

Integers = npt.NDArray[np.int64]


def flows(count: int, seed: int = 1) -> Iterator[pa.Table]:
    """Flows in batches, most of them ordinary; the last batch holds the planted attacks."""
    chance = np.random.default_rng(seed)
    hosts = max(count // FLOWS_PER_HOST, 10)
    for begin in range(0, count, BATCH):
        yield _ordinary(chance, min(BATCH, count - begin), hosts, int(count * PAIRS_PER_FLOW))
    yield pa.concat_tables(_planted())


def questions(count: int, seed: int = 2) -> Iterator[pa.Table]:
    """Questions to resolvers in batches: few names are asked for often, many seldom; one host asks for made-up ones."""
    chance = np.random.default_rng(seed)
    for begin in range(0, count, BATCH):
        rows = min(BATCH, count - begin)
        names = np.minimum(chance.zipf(1.3, rows), 200_000)
        asked = [f"www.site-{name}.example" for name in names.tolist()]
        hosts = [_address(10, host) for host in chance.integers(0, 50_000, rows).tolist()]
        yield _questions(chance, asked, hosts, np.where(chance.random(rows) < 0.03, "NXDOMAIN", "NOERROR").tolist())
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    made_up = ["".join(row) + ".com" for row in letters[chance.integers(0, 26, (300, 14))].tolist()]
    yield _questions(chance, made_up, ["10.200.0.9"] * 300, ["NXDOMAIN"] * 300)


def _ordinary(chance: np.random.Generator, count: int, hosts: int, pairs: int) -> pa.Table:
    # A pair stands for a host and a peer; drawn evenly from so many, about as many different ones come up as wanted.
    pair = chance.integers(0, max(int(pairs * 1.6), 1), count)
    port = PORTS[chance.choice(len(PORTS), count, p=SHARES)]
    answered = chance.random(count) < 0.93
    packets = np.minimum(chance.lognormal(2.0, 1.2, count).astype(np.int64) + 1, 100_000)
    back = np.where(answered, packets + chance.integers(0, 4, count), 0)
    return _flows(
        time=chance.integers(0, DAY_US, count),
        initiator=[_address(10, host) for host in (pair % hosts).tolist()],
        responder=[_address(100, peer) for peer in (pair * 2_654_435_761 % 16_000_000).tolist()],
        port=port,
        protocol=np.where(np.isin(port, OVER_UDP), "udp", "tcp").tolist(),
        duration=chance.integers(0, 60_000_000, count),
        packets=packets,
        size=chance.integers(60, 1400, count),
        back=back,
    )


def _planted() -> list[pa.Table]:
    """A beacon, a scan, a flood outwards, a flood inwards, guessing of passwords and spam."""
    return [
        _plant("10.200.0.1", ["203.0.113.7"] * 1400, 4444, 60_000_000, back=2),
        _plant("10.200.0.2", [_address(198, i) for i in range(4000)], 23, 100_000, back=0),
        _plant("10.200.0.3", ["203.0.113.9"] * 5000, 80, 5_000, back=0, packets=40),
        _plant("10.200.0.4", ["203.0.113.22"] * 900, 22, 4_000_000, back=9, packets=9),
        _plant("10.200.0.5", [_address(199, i) for i in range(300)], 25, 30_000_000, back=5, packets=5),
        _plant([_address(200, i) for i in range(3000)], ["10.200.0.6"] * 3000, 53, 10_000, back=0, packets=20),
    ]


def _plant(
    initiator: str | list[str], responders: list[str], port: int, every_us: int, back: int, packets: int = 2
) -> pa.Table:
    count = len(responders)
    same = np.full(count, 1, dtype=np.int64)
    return _flows(
        time=np.arange(count, dtype=np.int64) * every_us + 3_600_000_000,
        initiator=[initiator] * count if isinstance(initiator, str) else initiator,
        responder=responders,
        port=same * port,
        protocol=["udp" if port == 53 else "tcp"] * count,
        duration=same * 100_000,
        packets=same * packets,
        size=same * 60,
        back=same * back,
    )


def _flows(
    *,
    time: Integers,
    initiator: list[str],
    responder: list[str],
    port: Integers,
    protocol: list[str],
    duration: Integers,
    packets: Integers,
    size: Integers,
    back: Integers,
) -> pa.Table:
    count = len(time)
    columns: dict[str, Any] = {
        "sensor": pa.repeat("edge", count),
        "time": pa.array(DAY + time.astype("timedelta64[us]")),
        "initiator": initiator,
        "initiator_port": pa.array(40_000 + time % 20_000),
        "responder": responder,
        "responder_port": pa.array(port),
        "protocol": protocol,
        "duration_us": pa.array(duration),
        "initiator_packets": pa.array(packets),
        "initiator_bytes": pa.array(packets * size),
        "responder_packets": pa.array(back),
        "responder_bytes": pa.array(back * size),
        "sampling": pa.repeat(1, count),
    }
    return _completed(Flow, columns, count)


def _questions(chance: np.random.Generator, names: list[str], hosts: list[str], codes: list[str]) -> pa.Table:
    count = len(names)
    columns: dict[str, Any] = {
        "sensor": pa.repeat("edge", count),
        "time": pa.array(DAY + chance.integers(0, DAY_US, count).astype("timedelta64[us]")),
        "initiator": hosts,
        "responder": pa.repeat("10.0.0.53", count),
        "query": names,
        "query_type": pa.repeat("A", count),
        "response_code": codes,
        "answers": pa.array([[]] * count, pa.list_(pa.string())),
    }
    return _completed(Dns, columns, count)


def _completed(record: type[Any], columns: dict[str, Any], count: int) -> pa.Table:
    schema = arrow_schema(record)
    return pa.table(
        {field.name: columns.get(field.name, pa.nulls(count, field.type)) for field in schema}, schema=schema
    )


def _address(first: int, number: int) -> str:
    return f"{first}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def moment() -> datetime:
    """The end of the day."""
    end: datetime = (DAY + np.timedelta64(1, "D")).astype(datetime)
    return end
