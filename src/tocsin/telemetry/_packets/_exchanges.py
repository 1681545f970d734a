"""Flows under way: packets are added to them, and they end by being ended, by silence, or for want of room."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tocsin.telemetry._packets._distinct import distinct
from tocsin.telemetry._packets._frames import Integers
from tocsin.telemetry._packets._packets import TCP, Packets
from tocsin.telemetry._packets._transport import ACK, FIN, RST, SYN, Segments

# A packet is a flow of one packet, so that packets and flows are added up alike. The sides stand in the order of their
# addresses; ``turned`` says that the second began. ``number`` is that of the first packet.
FLOW = np.dtype(
    [
        ("key", "V40"),
        ("first", "i8"),
        ("last", "i8"),
        ("number", "i8"),
        ("packets", "i8", 2),
        ("bytes", "i8", 2),
        ("flags", "u2", 2),
        ("turned", "?"),
        ("watched", "u1"),
    ]
)
Flows = NDArray[np.void]
# The parts of a key: addresses, ports, protocol, family, and what else keeps flows apart.
KEY = np.dtype([("addresses", "u1", 32), ("ports", ">u2", 2), ("protocol", "u1"), ("family", "u1"), ("apart", "u1", 2)])
PORTLESS, ONE_WAY, OTHER_WAY = 1, 2, 4
# Flags of our own above those of TCP.
ANSWERED, ASKED = 0x100, 0x200
WATCHED, IGNORED = 1, 2

# As Zeek's defaults: a connection of TCP that is silent for five minutes has ended, another exchange after one.
SILENT_TCP_US, SILENT_US = 300_000_000, 60_000_000
# Longer ones are told in parts; a part says nothing of the others, so it is no shorter than a day of the lake.
LONGEST_US = 86_400_000_000
# About 250 MB. When there are more, the quarter that was silent longest is told as it stands.
MOST_OPEN = 500_000


@dataclass(slots=True)
class Exchanges:
    """The flows under way."""

    slots: dict[bytes, int] = field(default_factory=dict)
    flows: Flows = field(default_factory=lambda: np.zeros(1024, FLOW))
    free: list[int] = field(default_factory=lambda: list(range(1024)))
    most: int = MOST_OPEN

    def add(self, arrived: Flows) -> tuple[Flows, Flows]:
        """Add packets; the flows that have ended, and for each packet the flow that it is part of as it then stood."""
        ids, keys = distinct(arrived["key"], 40)
        slots = np.array([self.slots.get(key, -1) for key in keys], np.int64)
        known = np.flatnonzero(slots >= 0)
        rows, ids = np.concatenate([self.flows[slots[known]], arrived]), np.concatenate([known, ids])
        order = np.argsort(ids, kind="stable")
        rows, ids = rows[order], ids[order]
        begins = np.flatnonzero(_begins(rows, ids))
        flows = added_up(rows, begins)
        last = np.append(ids[begins][1:] != ids[begins][:-1], True)
        self._keep(keys, slots, flows[last], ids[begins][last])
        of_row = np.empty(len(rows), FLOW)
        of_row[order] = np.repeat(flows, np.diff(np.append(begins, len(rows))))
        return flows[~last], of_row[len(known) :]

    def expire(self, now: int) -> Flows:
        """Flows that have been silent for too long at ``now``, and those for which there is no room."""
        used = np.fromiter(self.slots.values(), np.int64, len(self.slots))
        flows = self.flows[used]
        ended = now - flows["last"] > _silence(flows)
        if len(used) - np.count_nonzero(ended) > self.most:
            surplus = len(used) - self.most * 3 // 4
            ended |= flows["last"] <= np.partition(flows["last"], surplus)[surplus]
        return self._drop(used[ended])

    def close(self) -> Flows:
        """All flows that are left."""
        return self._drop(np.fromiter(self.slots.values(), np.int64, len(self.slots)))

    def ignore(self, keys: Iterable[bytes]) -> None:
        """What these flows still carry need not be looked at."""
        for key in keys:
            if key in self.slots:
                self.flows["watched"][self.slots[key]] |= IGNORED

    def _keep(self, keys: list[bytes], slots: Integers, flows: Flows, ids: Integers) -> None:
        for place in np.flatnonzero(slots[ids] < 0).tolist():
            if not self.free:
                self._grow()
            slot = self.free.pop()
            self.slots[keys[ids[place]]] = slots[ids[place]] = slot
        self.flows[slots[ids]] = flows

    def _grow(self) -> None:
        count = len(self.flows)
        self.flows = np.concatenate([self.flows, np.zeros(count, FLOW)])
        self.free = list(range(count, 2 * count))

    def _drop(self, slots: Integers) -> Flows:
        flows = self.flows[slots]
        for key in flows["key"].tolist():
            self.free.append(self.slots.pop(key))
        return flows


def flows_of(packets: Packets, segments: Segments, watched: NDArray[np.bool_]) -> Flows:
    """Packets as flows of one packet each."""
    rows, frames = segments.rows, packets.frames
    flows = np.zeros(len(rows), FLOW)
    swapped = _keys(packets, segments, flows)
    flows["first"] = flows["last"] = frames.time[rows]
    flows["number"] = frames.number[rows]
    side = swapped.astype(np.int64)
    places = np.arange(len(rows))
    flows["packets"][places, side] = 1
    flows["bytes"][places, side] = packets.size[rows]
    begun = segments.flags & (SYN | ACK | RST | FIN)
    flows["flags"][places, side] = segments.flags + np.select([begun == SYN | ACK, begun == SYN], [ANSWERED, ASKED], 0)
    flows["turned"] = swapped ^ segments.answers
    flows["watched"] = watched * WATCHED
    return flows


def _keys(packets: Packets, segments: Segments, flows: Flows) -> NDArray[np.bool_]:
    """Write the keys; whether the sender stands second in each."""
    rows = segments.rows
    keys = flows["key"].view(KEY)
    addresses = packets.addresses[rows]
    words = addresses.view(">u8").astype(np.uint64)
    larger, equal = np.zeros(len(rows), np.bool_), np.ones(len(rows), np.bool_)
    for one, other in ((words[:, 0], words[:, 2]), (words[:, 1], words[:, 3]), (segments.source, segments.target)):
        larger |= equal & (one > other)
        equal &= one == other
    is_icmp = segments.known & np.isin(packets.protocol[rows], (1, 58))
    # Types are no ports: they stand for both sides.
    swapped = larger & ~(is_icmp & (addresses[:, :16] == addresses[:, 16:]).all(axis=1))
    turn = swapped[:, None]
    keys["addresses"] = np.where(turn, np.roll(addresses, 16, axis=1), addresses)
    ports = np.stack([segments.source, segments.target], axis=1)
    keys["ports"] = np.where(turn & ~is_icmp[:, None], ports[:, ::-1], ports)
    keys["protocol"], keys["family"] = packets.protocol[rows], packets.family[rows]
    apart = np.where(segments.known, 0, PORTLESS)
    keys["apart"][:, 0] = apart | np.where(segments.paired, 0, ONE_WAY | np.where(swapped, OTHER_WAY, 0))
    flows["key"] = keys.view("V40")
    second: NDArray[np.bool_] = swapped
    return second


def added_up(rows: Flows, begins: Integers) -> Flows:
    """The sums of runs of rows."""
    flows = rows[begins]
    if len(begins):
        flows["first"] = np.minimum.reduceat(rows["first"], begins)
        flows["last"] = np.maximum.reduceat(rows["last"], begins)
        flows["packets"] = np.add.reduceat(rows["packets"], begins, axis=0)
        flows["bytes"] = np.add.reduceat(rows["bytes"], begins, axis=0)
        flows["flags"] = np.bitwise_or.reduceat(rows["flags"], begins, axis=0)
        flows["watched"] = np.bitwise_or.reduceat(rows["watched"], begins)
    return flows


def _silence(flows: Flows) -> Integers:
    is_tcp = flows["key"].view(KEY)["protocol"] == TCP
    return np.where(is_tcp, SILENT_TCP_US, SILENT_US)


def _begins(rows: Flows, ids: Integers) -> NDArray[np.bool_]:
    """Where another flow begins: another key, a long silence, a connection after the end of one, or too long a flow."""
    another = np.ones(len(rows), np.bool_)
    another[1:] = ids[1:] != ids[:-1]
    silent = np.zeros(len(rows), np.bool_)
    silent[1:] = np.abs(rows["first"][1:] - rows["last"][:-1]) > _silence(rows[1:])
    since = rows["first"] - np.repeat(rows["first"][another], np.diff(np.append(np.flatnonzero(another), len(rows))))
    parts = np.abs(since) // LONGEST_US
    long = np.zeros(len(rows), np.bool_)
    long[1:] = parts[1:] != parts[:-1]
    return another | silent | long | _reopened(rows, another)


def _reopened(rows: Flows, another: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where a connection is asked for after FIN or RST of the one before it on the same ports."""
    flags = rows["flags"][:, 0] | rows["flags"][:, 1]
    asked = (flags & ASKED > 0) & ~another
    found = np.zeros(len(rows), np.bool_)
    if not asked.any():
        return found
    # Ends that were seen up to each row; a row is compared with the last row that asked, or the first of its key.
    ends = np.cumsum(flags & (FIN | RST) > 0)
    before = ends - (flags & (FIN | RST) > 0)
    marks = np.flatnonzero(another | asked)
    at_mark = before[marks]
    found[marks[1:]] = (at_mark[1:] > at_mark[:-1]) & asked[marks[1:]]
    return found
