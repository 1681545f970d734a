"""Who had an address, or a port of a shared one, at a moment: for many at once.

Leases are sorted once, so that a look-up is a few binary searches (NumPy ``searchsorted``), however many there are.
What is written in several files, or again and again, is taken together: nobody has an address, or a block of its ports,
any more once somebody else was given it. A shared address without a port is *ambiguous*, and so is a port that two
subscribers are said to have had at once: better nobody than the wrong one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tocsin.parties.lookup import PrefixTable, prefix_table

Numbers: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
NOBODY, AMBIGUOUS = -1, -2
_OPEN = np.iinfo(np.int64).max
_LAST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class _Layer:
    """Blocks of ports that do not overlap, by address and first port, each with its place among all blocks."""

    keys: Numbers
    last: Numbers
    block: Numbers


@dataclass(frozen=True, slots=True)
class LeaseTable:
    """Leases, sorted by block and beginning. ``subscribers`` are named by their index."""

    subscribers: tuple[str, ...]
    leased: PrefixTable
    layers: tuple[_Layer, ...]
    shared: Flags
    moments: Numbers
    keys: Numbers
    ends: Numbers
    holders: Numbers

    def find(self, addresses: Sequence[str], ports: Sequence[int | None], times: Numbers) -> Numbers:
        """For each address, port and time (microseconds since 1970, UTC): index of the subscriber, NOBODY or AMBIGUOUS.

        Without a port (null) a shared address is ambiguous. Of IPv6 the address may lie in a delegated prefix.
        """
        places = self.leased.find(addresses)
        known = np.array([port is not None for port in ports], dtype=bool)
        numbers = np.array([0 if port is None else port for port in ports], dtype=np.int64)
        found = np.full(len(places), NOBODY)
        for layer in self.layers:
            holders = self._holders(_blocks(layer, places, numbers), times)
            differ = (found != NOBODY) & (holders != NOBODY) & (found != holders)
            found = np.where(differ, AMBIGUOUS, np.where(found == NOBODY, holders, found))
        return np.where((places >= 0) & self.shared[places] & ~known, AMBIGUOUS, found)

    def _holders(self, blocks: Numbers, times: Numbers) -> Numbers:
        """Who held each block at each time."""
        if not self.keys.size:
            return np.full(len(blocks), NOBODY)
        moments = np.searchsorted(self.moments, times, side="right")
        rows = np.searchsorted(self.keys, blocks * (len(self.moments) + 1) + moments, side="right") - 1
        same = (rows >= 0) & (blocks >= 0) & (self.keys[rows] // (len(self.moments) + 1) == blocks)
        return np.where(same & (times < self.ends[rows]), self.holders[rows], NOBODY)


def lease_table(leases: pa.Table) -> LeaseTable:
    """Sort leases for look-ups. ``leases`` has the columns of ``records.Lease``.

    >>> time = pa.array([0, 10], pa.timestamp("us"))
    >>> table = lease_table(pa.table({"address": ["192.0.2.1"] * 2, "port_low": [None, None], "port_high": [None, None],
    ...     "subscriber": ["a", "b"], "time": time, "until": pa.array([20, None], pa.timestamp("us"))}))
    >>> [table.subscribers[found] for found in table.find(["192.0.2.1"] * 2, [None, 53], np.array([5, 15]))]
    ['a', 'b']
    """
    prefixes, place = _distinct(leases["address"])
    subscribers, holder = _distinct(leases["subscriber"])
    low, high = _numbers(leases["port_low"], 0), _numbers(leases["port_high"], _LAST_PORT)
    since, until = _numbers(leases["time"], 0), _numbers(leases["until"], _OPEN)
    packed, block = np.unique(place << 32 | low << 16 | high, return_inverse=True)
    blocks = np.stack([packed >> 32, packed >> 16 & _LAST_PORT, packed & _LAST_PORT]).T
    order = np.lexsort((until, since, block))
    block, since, until, holder = (column[order] for column in (block, since, until, holder))
    moments = np.unique(since)
    shared = np.zeros(max(1, len(prefixes)), dtype=bool)
    shared[blocks[(blocks[:, 1] > 0) | (blocks[:, 2] < _LAST_PORT)][:, 0]] = True
    return LeaseTable(
        subscribers,
        prefix_table(prefixes),
        _layers(blocks),
        shared,
        moments,
        block * (len(moments) + 1) + np.searchsorted(moments, since, side="right"),
        _ends(block, holder, since, until),
        holder,
    )


def _ends(block: Numbers, holder: Numbers, since: Numbers, until: Numbers) -> Numbers:
    """When each lease really ends: when the last of its holder's that stand together does, or another one begins.

    An end that one file does not know, another may: an open lease has the latest known end of those.
    """
    if not block.size:
        return until
    new_run = np.append(True, (block[1:] != block[:-1]) | (holder[1:] != holder[:-1]))
    run = np.cumsum(new_run) - 1
    known = np.maximum.reduceat(np.where(until == _OPEN, 0, until), np.flatnonzero(new_run))[run]
    until = np.where((until == _OPEN) & (known > since), known, until)
    ranked, rank = np.unique(until, return_inverse=True)
    latest = ranked[np.maximum.accumulate(run * len(ranked) + rank.reshape(-1)) - run * len(ranked)]
    following = np.append(np.where(block[1:] == block[:-1], since[1:], _OPEN), _OPEN)
    ends: Numbers = np.minimum(latest, following)
    return ends


def _layers(blocks: Numbers) -> tuple[_Layer, ...]:
    """Blocks in as few layers as it takes, so that in each layer no two blocks of an address overlap."""
    free: list[tuple[int, int]] = []
    members: list[list[int]] = []
    for index, (place, low, high) in enumerate(blocks.tolist()):
        layer = next((n for n, (last, until) in enumerate(free) if last != place or until < low), len(free))
        if layer == len(free):
            free.append((place, high))
            members.append([index])
        else:
            free[layer] = (place, high)
            members[layer].append(index)
    chosen = [np.array(indices, dtype=np.int64) for indices in members]
    return tuple(_Layer(blocks[own, 0] * (_LAST_PORT + 1) + blocks[own, 1], blocks[own, 2], own) for own in chosen)


def _blocks(layer: _Layer, places: Numbers, ports: Numbers) -> Numbers:
    """The block of a layer in which each address and port lies, or NOBODY."""
    rows = np.searchsorted(layer.keys, places * (_LAST_PORT + 1) + ports, side="right") - 1
    same = (rows >= 0) & (places >= 0) & (layer.keys[rows] // (_LAST_PORT + 1) == places) & (ports <= layer.last[rows])
    return np.where(same, layer.block[rows], NOBODY)


def _distinct(column: "pa.ChunkedArray[Any]") -> tuple[tuple[str, ...], Numbers]:
    """The different texts of a column, and for each row the index of its own."""
    encoded = column.combine_chunks().dictionary_encode()
    return tuple(map(str, encoded.dictionary.to_pylist())), encoded.indices.to_numpy().astype(np.int64)


def _numbers(column: "pa.ChunkedArray[Any]", missing: int) -> Numbers:
    numbers = column.cast(pa.int64())
    known = np.asarray(pc.is_valid(numbers))
    found = np.full(len(numbers), missing, dtype=np.int64)
    found[known] = np.asarray(pc.drop_null(numbers))
    return found
