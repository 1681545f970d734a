"""Ports, flags and payload: what the headers that IP carries say."""

from collections import OrderedDict
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tocsin.telemetry._packets._frames import Integers
from tocsin.telemetry._packets._packets import ICMP, ICMP6, TCP, UDP, Packets, Rows

# TCP, UDP, DCCP, SCTP and UDP-Lite all begin with two ports.
PORTED = (TCP, UDP, 33, 132, 136)
FIN, SYN, RST, ACK = 1, 2, 4, 16
DNS_PORT = 53
_DHCP_SERVER, _DHCP_REPLY = 67, 2
# What an answer of ICMP answers: echo, time stamp, information, mask; echo, members, router and neighbour of IPv6.
_ANSWERS = {ICMP: {0: 8, 14: 13, 16: 15, 18: 17}, ICMP6: {129: 128, 131: 130, 134: 133, 136: 135}}
_ASKS = {protocol: set(answers.values()) for protocol, answers in _ANSWERS.items()}
# Fragments of one packet arrive within seconds; so many packets may be under way in pieces.
_MOST_FRAGMENTED = 16_384
_FRAGMENT_US = 60_000_000


@dataclass(frozen=True, slots=True)
class Segments:
    """What transport headers say, for those packets that have an IP header.

    Attributes:
        rows: which packets
        source: port, or type of ICMP
        target: port, or code of ICMP
        known: whether there are such
        flags: of TCP
        sequence: of TCP
        payload: where what is carried begins
        answers: whether the packet alone says that it answers
        paired: whether a packet the other way round belongs to the same exchange
    """

    rows: Rows
    source: Integers
    target: Integers
    known: NDArray[np.bool_]
    flags: Integers
    sequence: Integers
    payload: Integers
    answers: NDArray[np.bool_]
    paired: NDArray[np.bool_]


@dataclass(slots=True)
class Fragments:
    """Ports of packets that are under way in pieces, until the others arrive; the oldest are forgotten first."""

    ports: OrderedDict[bytes, tuple[int, int, int]] = field(default_factory=OrderedDict)

    def remember(self, key: bytes, time: int, source: int, target: int) -> None:
        """Ports that the first fragment has."""
        self.ports[key] = (time, source, target)
        self.ports.move_to_end(key)
        if len(self.ports) > _MOST_FRAGMENTED:
            self.ports.popitem(last=False)

    def find(self, key: bytes, time: int) -> tuple[int, int] | None:
        """Ports of a packet of which a later fragment has come; None when its first was not seen lately."""
        seen, source, target = self.ports.get(key, (time - 2 * _FRAGMENT_US, 0, 0))
        return (source, target) if abs(time - seen) <= _FRAGMENT_US else None


def segments(packets: Packets, fragments: Fragments) -> Segments:
    """Read transport headers. Packets that are cut off before their ports are refused."""
    packets.at[:] = packets.body
    rows = np.flatnonzero(packets.family)
    protocol = packets.protocol[rows]
    ported = np.isin(protocol, PORTED)
    is_icmp = (protocol == ICMP) | (protocol == ICMP6)
    later = packets.later[rows]
    cut = (ported | is_icmp) & ~later & (packets.body[rows] + np.where(ported, 4, 2) > packets.stop[rows])
    for row in rows[cut].tolist():
        packets.flaws[row] = "it is cut off before its ports"
    keep = ~cut
    rows, protocol, ported, is_icmp, later = (values[keep] for values in (rows, protocol, ported, is_icmp, later))
    source = np.where(ported, packets.short(rows, 0), packets.byte(rows, 0))
    target = np.where(ported, packets.short(rows, 2), packets.byte(rows, 1))
    known = (ported | is_icmp) & ~later
    _from_first_fragments(packets, fragments, rows, (source, target, known), ported)
    source, target = np.where(known, source, 0), np.where(known, target, 0)
    tcp = (protocol == TCP) & ~later & (packets.body[rows] + 14 <= packets.stop[rows])
    header = np.select([tcp, (protocol == UDP) & ~later], [(packets.byte(rows, 12) >> 4) * 4, 8], 0)
    payload = np.where(header < np.where(tcp, 20, 8), packets.stop[rows], packets.body[rows] + header)
    payload = np.minimum(payload, packets.stop[rows])
    flags = np.where(tcp, packets.byte(rows, 13), 0)
    answers, paired = _icmp(protocol, source, target, is_icmp & known)
    answers |= tcp & (flags & (SYN | ACK) == SYN | ACK)
    answers |= (protocol == UDP) & _is_reply(packets, rows, (source, target), payload)
    return Segments(rows, source, target, known, flags, packets.long(rows, 4), payload, answers, paired)


def _is_reply(packets: Packets, rows: Rows, ports: tuple[Integers, Integers], payload: Integers) -> NDArray[np.bool_]:
    """Messages of DNS and DHCP that say of themselves that they reply."""
    source, target = ports
    has_words = payload + 12 <= packets.stop[rows]
    at = np.where(has_words, payload, 0)
    of_dns = (source == DNS_PORT) & (target != DNS_PORT) & (packets.octets[at + 2] >> 7 == 1)
    of_dhcp = (source == _DHCP_SERVER) & (target != _DHCP_SERVER) & (packets.octets[at] == _DHCP_REPLY)
    found: NDArray[np.bool_] = has_words & (of_dns | of_dhcp)
    return found


def _from_first_fragments(
    packets: Packets,
    fragments: Fragments,
    rows: Rows,
    ports: tuple[Integers, Integers, NDArray[np.bool_]],
    ported: NDArray[np.bool_],
) -> None:
    """Write the ports of first fragments into the later ones, in the order of their arrival."""
    source, target, known = ports
    for place in np.flatnonzero((packets.fragment[rows] >= 0) & ported).tolist():
        row = rows[place]
        tail = b"%d %d" % (packets.protocol[row], packets.fragment[row])
        key, time = packets.addresses[row].tobytes() + tail, int(packets.frames.time[row])
        if known[place]:
            fragments.remember(key, time, int(source[place]), int(target[place]))
        elif found := fragments.find(key, time):
            source[place], target[place] = found
            known[place] = True


def _icmp(
    protocol: Integers, kind: Integers, code: Integers, is_icmp: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Answers take the type of what they answer, in place; errors and notices stand for themselves."""
    answers, paired = np.zeros(len(kind), np.bool_), ~is_icmp
    for number, table in _ANSWERS.items():
        of_it = is_icmp & (protocol == number)
        if not of_it.any():
            continue
        for answer, ask in table.items():
            found = of_it & (kind == answer)
            kind[found], code[found] = ask, 0
            answers |= found
        paired |= of_it & np.isin(kind, list(_ASKS[number]))
    return answers, paired
