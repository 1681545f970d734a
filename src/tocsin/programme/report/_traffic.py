"""What the pictures of a case need from the lake: when a beacon called, and how fast a flood was.

Counting is done by the engine, in bins; only bins leave it, so that a month of traffic costs no more than an hour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

import ibis
import ibis.expr.types as ir

from tocsin.records import Flow, Peer
from tocsin.store.engine import Engine
from tocsin.store.place import Remote

BINS = 720  # most bins across a picture: about one a pixel
SECONDS = 120  # most steps across a flood
CLOSE_UP = timedelta(minutes=5)
# The next finer whole step that fits into a day evenly, in seconds.
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)


@dataclass(frozen=True, slots=True)
class Contacts:
    """Contacts of one pair: how many in each bin that has any, and every moment within a close-up.

    ``counts`` maps the start of a bin to (contacts, contacts without an answer); ``moments`` are those between
    ``close_up`` and ``close_up + CLOSE_UP``.
    """

    first: datetime
    last: datetime
    step: timedelta
    counts: dict[datetime, tuple[int, int]]
    close_up: datetime
    moments: list[datetime]


@dataclass(frozen=True, slots=True)
class Flood:
    """Rate of one flood: packets, or new connections where packets were not counted, in each step from ``first``."""

    first: datetime
    step: timedelta
    packets: bool
    total: int
    rates: list[float]


def contacts(engine: Engine, files: Sequence[Path | Remote], host: str, peer: Peer) -> Contacts | None:
    """When ``host`` called ``peer``; None when the lake no longer has it."""
    calls = _between(engine.table(Flow, files), host, peer)
    # Where packets are not counted, bytes tell; where neither is, nothing is said to be silent.
    silent = (ibis.coalesce(calls.responder_packets, calls.responder_bytes) == 0).fill_null(False)
    calls = calls.select("time", silent=silent.cast("int64"))
    ends = engine.rows(calls.aggregate(first=calls.time.min(), last=calls.time.max())).to_pylist()[0]
    if ends["first"] is None:
        return None
    step = _step(ends["last"] - ends["first"], BINS)
    start = _floor(ends["first"], step)
    place = calls.time.delta(ibis.timestamp(start), unit="millisecond") // _milliseconds(step)
    bins = calls.group_by(place=place).agg(contacts=calls.count(), silent=calls.silent.sum()).order_by("place")
    counts = {start + row["place"] * step: (row["contacts"], row["silent"]) for row in engine.rows(bins).to_pylist()}
    close_up = _middle(counts)
    near = calls.filter(calls.time >= ibis.timestamp(close_up), calls.time < ibis.timestamp(close_up + CLOSE_UP))
    moments = sorted(row["time"] for row in engine.rows(near.select("time").limit(BINS)).to_pylist())
    return Contacts(
        _utc(ends["first"]),
        _utc(ends["last"]),
        step,
        {_utc(time): count for time, count in counts.items()},
        _utc(close_up),
        [_utc(time) for time in moments],
    )


def flood(engine: Engine, files: Sequence[Path | Remote], host: str, peer: Peer) -> Flood | None:
    """How fast ``host`` sent to ``peer``; None when the lake no longer has it.

    A flow's packets are spread evenly over the steps that it lasts.
    """
    flows = _between(engine.table(Flow, files), host, peer)
    flows = flows.select(
        "time",
        packets=flows.initiator_packets.fill_null(0),
        end=flows.time + (flows.duration_us.fill_null(0) // 1000).as_interval("ms"),
    )
    sums = flows.aggregate(
        first=flows.time.min(), last=flows.end.max(), flows=flows.count(), packets=flows.packets.sum()
    )
    whole = engine.rows(sums).to_pylist()[0]
    if whole["first"] is None:
        return None
    by_packets = whole["packets"] > whole["flows"]
    step = _step(whole["last"] - whole["first"], SECONDS)
    rates = _rates(engine, flows, whole["first"], step, by_packets)
    total = whole["packets"] if by_packets else whole["flows"]
    return Flood(_utc(whole["first"]), step, by_packets, total, rates)


def _rates(engine: Engine, flows: ir.Table, first: datetime, step: timedelta, packets: bool) -> list[float]:
    """A second's rate in each step, from sums of whole thousandths: the same on every run."""
    width = _milliseconds(step)
    begin = flows.time.delta(ibis.timestamp(first), unit="millisecond") // width
    last = flows.end.delta(ibis.timestamp(first), unit="millisecond") // width if packets else begin
    amount = flows.packets if packets else ibis.literal(1)
    parts = flows.select(place=ibis.range(begin, last + 1).unnest(), part=amount * 1000 // (last - begin + 1))
    steps = engine.rows(parts.group_by("place").agg(amount=parts.part.sum())).to_pylist()
    found = {row["place"]: float(row["amount"]) / width for row in steps}
    return [round(found.get(place, 0.0), 1) for place in range(max(found) + 1)]


def _between(flow: ir.Table, host: str, peer: Peer) -> ir.Table:
    same_port = ibis.literal(True) if peer["port"] is None else flow.responder_port == peer["port"]
    return flow.filter(
        flow.initiator == host, flow.responder == peer["address"], flow.protocol == peer["proto"], same_port
    )


def _step(whole: timedelta, most: int) -> timedelta:
    """The smallest step of STEPS that needs at most ``most`` of them; beyond these, whole days."""
    wanted = whole.total_seconds() / most
    return timedelta(seconds=next((step for step in STEPS if step >= wanted), -(-wanted // 86400) * 86400))


def _floor(time: datetime, step: timedelta) -> datetime:
    midnight = time.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (time - midnight) // step * step


def _middle(counts: dict[datetime, tuple[int, int]]) -> datetime:
    """Start of the bin that holds the contact in the middle: chosen by count, not for its looks."""
    sums = list(accumulate(count for count, _ in counts.values()))
    return next(time for time, so_far in zip(counts, sums, strict=True) if so_far * 2 >= sums[-1])


def _milliseconds(step: timedelta) -> int:
    return step // timedelta(milliseconds=1)


def _utc(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC)
