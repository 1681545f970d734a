"""Which two uniflows are the two directions of one exchange, and which of their senders began it.

Records of the same addresses, ports and protocol are laid in the order of their beginnings. Two that stand next to each
other, run in opposite directions and overlap in time belong together, unless one of them lies nearer to its neighbour
on the other side; then that is tried with what is left. So the parts into which a device cuts a long exchange meet the
parts of the other direction that cover the same time.
"""

import numpy as np
from numpy.typing import NDArray

from tocsin.telemetry._uniflow import UNKNOWN, Flags, Integers, Uniflows

# An answer begins before the question's last packet or soon after it. Resolvers, the slowest to answer, give up after
# less than 15 seconds; so do most devices with an exchange in which nothing moves.
ANSWER_US = 15_000_000
# Exchanges of the same ports at the very same times need one round each; only made-up files have more.
ROUNDS = 32

ICMP, TCP, UDP, ICMP6 = 1, 6, 17, 58
# Echo request and reply of ICMP and ICMPv6 are the only kinds that answer one another and are common.
REQUESTS, REPLIES = {ICMP: 8, ICMP6: 128}, {ICMP: 0, ICMP6: 129}
FIN, SYN, RST, ACK = 1, 2, 4, 16

_FAR = np.iinfo(np.int64).max
_PRIMES = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9))


def pairs(rows: Uniflows) -> tuple[Integers, Integers]:
    """Places of the initiators' records and, beside each, of the answering record. No record stands there twice."""
    sender, receiver, able = _endpoints(rows)
    backwards = sender > receiver
    low, high = np.minimum(sender, receiver), np.maximum(sender, receiver)
    key = _key(low, high, rows["protocol"] | (rows["exporter"] << 8))
    able &= (sender != receiver) & (rows["whole"] != 1)
    first, second = _neighbours(_ordered(key, rows["start"], able), key, backwards, rows["start"], _ends(rows))
    same = (low[first] == low[second]) & (high[first] == high[second])
    first, second = first[same], second[same]
    turned = _turned(rows, key, first, second, backwards)
    return np.where(turned, second, first), np.where(turned, first, second)


def _endpoints(rows: Uniflows) -> tuple[Integers, Integers, Flags]:
    """Each side as one number, alike in both directions; and which rows can have an answer at all."""
    ports = rows["sender_port"], rows["receiver_port"]
    icmp = (rows["protocol"] == ICMP) | (rows["protocol"] == ICMP6)
    able = ~icmp
    if icmp.any():
        kinds = ports[0]
        able = able | is_kind(rows, REQUESTS) | is_kind(rows, REPLIES)
        ports = np.where(icmp, 0, kinds), np.where(icmp, 0, ports[1])
    sender, receiver = (
        (rows[side] << 16) | np.maximum(port, 0) for side, port in zip(("sender", "receiver"), ports, strict=True)
    )
    return sender, receiver, able


def is_kind(rows: Uniflows, kinds: dict[int, int]) -> Flags:
    """Whether each row is ICMP of the type that ``kinds`` gives for its protocol."""
    flags: Flags = np.logical_or.reduce(
        [(rows["protocol"] == protocol) & (rows["sender_port"] == kind) for protocol, kind in kinds.items()]
    )
    return flags


def _key(low: Integers, high: Integers, rest: Integers) -> "NDArray[np.uint64]":
    """One number for both sides and the rest. It brings records together; whether they are alike is looked at after."""
    mixed: NDArray[np.uint64] = np.zeros(len(low), np.uint64)
    for part, prime in zip((low, high, rest), _PRIMES, strict=True):
        mixed += part.view(np.uint64) * prime
    return mixed


def _ordered(key: "NDArray[np.uint64]", start: Integers, able: Flags) -> Integers:
    """Places of the rows that are able, by key and start; sorted by start first, in which they nearly come."""
    order = np.argsort(start, kind="stable")
    if not able.all():
        order = order[able[order]]
    return order[np.argsort(key[order], kind="stable")]


def _ends(rows: Uniflows) -> Integers:
    return np.where(rows["end"] == UNKNOWN, rows["start"], rows["end"])


def _neighbours(
    order: Integers, key: "NDArray[np.uint64]", backwards: Flags, start: Integers, end: Integers
) -> tuple[Integers, Integers]:
    """Records that belong together; the earlier one first."""
    first, second = [], []
    for _ in range(ROUNDS):
        keys, ways, starts = key[order], backwards[order], start[order]
        near = (keys[1:] == keys[:-1]) & (ways[1:] != ways[:-1])
        gap = starts[1:] - starts[:-1]
        near &= gap <= (end[order[:-1]] - starts[:-1]) + ANSWER_US
        chosen = _nearest(np.where(near, gap, _FAR))
        if not chosen.any():
            break
        left = np.flatnonzero(chosen)
        first.append(order[left])
        second.append(order[left + 1])
        alone = np.ones(len(order), np.bool_)
        alone[left] = alone[left + 1] = False
        # Two neighbours of which neither way nor time fits may fit once what lay between them is gone.
        order = order[alone]
    nothing = np.empty(0, np.int64)
    return np.concatenate([nothing, *first]), np.concatenate([nothing, *second])


def _nearest(gap: Integers) -> Flags:
    """Gaps that are no larger than those beside them; of equal ones in a row every other."""
    before = np.concatenate([[_FAR], gap[:-1]])
    after = np.concatenate([gap[1:], [_FAR]])
    least = (gap < _FAR) & (gap <= before) & (gap <= after)
    place = np.arange(len(gap))
    begun = np.maximum.accumulate(np.where(least, -1, place))
    chosen: Flags = least & ((place - begun) % 2 == 1)
    return chosen


def _turned(rows: Uniflows, key: "NDArray[np.uint64]", first: Integers, second: Integers, backwards: Flags) -> Flags:
    """Whether the second record of each pair is the initiator's. One exchange in parts has one initiator."""
    ported = _began_by_port(rows, first, second)
    keys = key[first]
    # Mostly each two sides met once, and the pairs still stand in the order of their keys.
    if (keys[1:] > keys[:-1]).all():
        return ported
    # The earliest pair of the same two sides says who began; the others follow it.
    order = np.lexsort((rows["start"][first], key[first]))
    keys, opening = np.unique(key[first][order], return_index=True)
    opening = order[opening]
    way = np.where(ported[opening], backwards[second[opening]], backwards[first[opening]])
    turned: Flags = backwards[first] != way[np.searchsorted(keys, key[first])]
    return turned


def _began_by_port(rows: Uniflows, first: Integers, second: Integers) -> Flags:
    """As ``_turned``, for each pair alone: the earlier record is the initiator's where its beginning was seen.

    It was not when both begin together, or when TCP flags are known and hold no SYN; then the higher port began.
    """
    flags = np.maximum(rows["flags"][first], 0) | np.maximum(rows["flags"][second], 0)
    known = (rows["flags"][first] != UNKNOWN) & (rows["protocol"][first] == TCP)
    unseen = (rows["start"][first] == rows["start"][second]) | (known & (flags & SYN == 0))
    turned: Flags = unseen & (rows["sender_port"][first] < rows["sender_port"][second])
    replies = is_kind(rows, REPLIES)
    if replies.any():
        icmp = (rows["protocol"][first] == ICMP) | (rows["protocol"][first] == ICMP6)
        turned = np.where(icmp, replies[first] & ~replies[second], turned)
    return turned
