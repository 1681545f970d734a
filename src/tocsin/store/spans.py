"""Whose rows they are: those of an address, or of a block of its ports, from one moment to another.

A row belongs to the moment at which it began. Behind a shared address a row without a port is nobody's in particular,
so no block of ports has it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tocsin.records import LakeFile
from tocsin.store.place import Place
from tocsin.store.reading import Mask, among, equal, opened, tables

Ports = npt.NDArray[Any]

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
SIDES = (("initiator", "initiator_port"), ("responder", "responder_port"))
LEASED = ("address", "")
SUMMED = ("host", "peer")
LEASE = ("address", "port_low", "port_high", "subscriber", "time", "until")


@dataclass(frozen=True, slots=True)
class Span:
    """An address from ``since`` on and before ``until``, UTC; with a block of ports, these alone."""

    address: str
    since: datetime = FIRST
    until: datetime = LAST
    port_low: int | None = None
    port_high: int | None = None


def about(rows: pa.Table, spans: Sequence[Span]) -> Mask:
    """Which rows of a table of the lake are about one of the spans: one boolean a row.

    A lease is about a span when its address, ports and time overlap it; so is the sum of a day, but for ports, by which
    nothing is summed. Other rows are when either side is in it.
    """
    sides = [side for side in (*SIDES, LEASED, *((name, "") for name in SUMMED)) if side[0] in rows.column_names]
    chosen = np.zeros(rows.num_rows, bool)
    addresses = {span.address for span in spans}
    for side in sides:
        # Few rows are near, and only these are looked at span by span.
        places = np.flatnonzero(among(rows, side[0], addresses))
        near = rows.take(places)
        for span in spans:
            chosen[places] |= _within(near, side, span)
    return chosen


def spans_of(where: Place, leases: Iterable[LakeFile], subscriber: str) -> list[Span]:
    """The spans in which a subscriber held an address or a block of its ports, by the lease table, in order of time.

    A lease whose end is not known ends when the next one of the same address and ports begins. ``subscriber`` is the
    token that stands in the table.
    """
    files = list(leases)
    own = _leases(where, files, lambda rows: equal(rows, "subscriber", subscriber))
    endless = {row["address"] for row in own if row["until"] is None}
    later = _leases(where, files, lambda rows: among(rows, "address", endless)) if endless else []
    return [
        Span(row["address"], row["time"], row["until"] or _next(row, later), row["port_low"], row["port_high"])
        for row in sorted(own, key=lambda row: (row["time"], row["address"], row["port_low"] or 0))
    ]


def _leases(where: Place, files: Sequence[LakeFile], choose: Callable[[pa.Table], Mask]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for file in files:
        with opened(where, file) as parquet:
            for rows in tables(parquet, LEASE):
                found += (_in_utc(row) for row in rows.filter(pa.array(choose(rows))).to_pylist())
    return found


def _in_utc(lease: dict[str, Any]) -> dict[str, Any]:
    until = lease["until"] and lease["until"].replace(tzinfo=UTC)
    return lease | {"time": lease["time"].replace(tzinfo=UTC), "until": until}


def _next(lease: dict[str, Any], later: Sequence[dict[str, Any]]) -> datetime:
    """When the next lease of the same address and ports begins."""
    after = (row["time"] for row in later if row["time"] > lease["time"] and _share_ports(lease, row))
    return min(after, default=LAST)


def _share_ports(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if one["address"] != other["address"]:
        return False
    if one["port_low"] is None or other["port_low"] is None:
        return True
    return bool(one["port_low"] <= other["port_high"] and other["port_low"] <= one["port_high"])


def _within(rows: pa.Table, side: tuple[str, str], span: Span) -> Mask:
    """Which rows have the span on one side; what has no port of that side lasts for a time."""
    name, port = side
    times = rows["time"].to_numpy()
    chosen: Mask = equal(rows, name, span.address) & (times < _stamp(span.until))
    if port:
        return chosen & (times >= _stamp(span.since)) & _in_block(rows[port].to_numpy(), rows[port].to_numpy(), span)
    if name in SUMMED:
        return chosen & (rows["last"].to_numpy() >= _stamp(span.since)) & (span.port_low is None)
    ends: npt.NDArray[np.datetime64] = rows["until"].to_numpy()
    low, high = (rows[name].to_numpy().astype(float) for name in ("port_low", "port_high"))
    lasts: Mask = np.isnat(ends) | (ends > _stamp(span.since))
    fits: Mask = np.isnan(low) | _in_block(low, high, span)
    return chosen & lasts & fits


def _stamp(time: datetime) -> np.datetime64:
    """A time as the lake has it: UTC, without a zone."""
    return np.datetime64(time.replace(tzinfo=None), "us")


def _in_block(low: Ports, high: Ports, span: Span) -> Mask:
    """Which ports, or blocks of ports, are in the span's block. What has no port is in none, but in a whole address."""
    if span.port_low is None or span.port_high is None:
        return np.ones(len(low), bool)
    found: Mask = (low.astype(float) <= span.port_high) & (high.astype(float) >= span.port_low)
    return found
