"""Packets: what the headers of frames say, as columns; it is filled in layer by layer."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tocsin.telemetry._packets._frames import Frames, Integers

Rows = Integers
"""Indexes of packets."""

# What comes next in a packet: an EtherType as it is; above those a kind of link, a protocol of IP, or one of ours.
LINK, PROTOCOL, OWN = 1 << 16, 1 << 20, 1 << 24
DONE, PPP, PSEUDOWIRE, TRANSPORT = OWN, OWN + 1, OWN + 2, OWN + 3
IPV4, IPV6 = 0x0800, 0x86DD
TCP, UDP, ICMP, ICMP6 = 6, 17, 1, 58


@dataclass(slots=True)
class Packets:
    """Packets and what has been read of them.

    Attributes:
        frames: where they lie
        octets: the bytes of the piece
        kind: what comes next in each
        at: where that begins
        end: where what was captured of it ends
        family: 4 or 6; 0 while no IP header was found
        addresses: source and destination of the innermost IP header, 16 bytes each, IPv4 in the last four
        protocol: what that header carries
        size: IP bytes with headers
        body: where begins what it carries
        stop: where what was captured of that ends
        whole: where that ends on the wire
        fragment: identification of a fragment, -1 for what is whole
        later: whether it is a fragment but not the first
        flaws: what is wrong with packets that cannot be read, by row
    """

    frames: Frames
    octets: NDArray[np.uint8]
    kind: Integers
    at: Integers
    end: Integers
    family: Integers
    addresses: NDArray[np.uint8]
    protocol: Integers
    size: Integers
    body: Integers
    stop: Integers
    whole: Integers
    fragment: Integers
    later: NDArray[np.bool_]
    flaws: dict[int, str] = field(default_factory=dict)

    def byte(self, rows: Rows, offset: int | Integers) -> Integers:
        """The byte so far behind where the layer begins, zero behind the end of the piece."""
        return self.octets[self._places(rows, offset)].astype(np.int64)

    def short(self, rows: Rows, offset: int | Integers) -> Integers:
        """Two bytes there as a number, high byte first."""
        at = self._places(rows, offset)
        found: Integers = self.octets[at].astype(np.int64) << 8 | self.octets[at + 1]
        return found

    def long(self, rows: Rows, offset: int | Integers) -> Integers:
        """Four bytes there as a number, high byte first."""
        return self.short(rows, offset) << 16 | self.short(rows, np.add(offset, 2))

    def follows(self, rows: Rows, kind: int | Integers, size: int | Integers) -> None:
        """Say what comes next behind a header of that size."""
        self.kind[rows] = kind
        self.at[rows] += size

    def whole_header(self, rows: Rows, size: int | Integers, what: str) -> Rows:
        """The packets whose header of that size was captured; the others are cut off in it."""
        fits = self.at[rows] + size <= self.end[rows]
        self.refuse(rows[~fits], f"it is cut off in its {what} header")
        return rows[fits]

    def refuse(self, rows: Rows, reason: str) -> None:
        """Packets that cannot be read on. Those within a tunnel count as what carries them."""
        self.kind[rows] = DONE
        for row in rows[self.family[rows] == 0].tolist():
            self.flaws.setdefault(row, reason)

    def _places(self, rows: Rows, offset: int | Integers) -> Integers:
        # Two bytes may be read from any place; an offset can be one that only damage explains.
        found: Integers = np.minimum(self.at[rows] + offset, len(self.octets) - 4)
        return found


def packets(frames: Frames) -> Packets:
    """Packets of which nothing is known yet but where they were captured."""
    count = len(frames.at)

    def zeros() -> Integers:
        return np.zeros(count, np.int64)

    return Packets(
        frames=frames,
        octets=np.frombuffer(frames.data, np.uint8),
        kind=frames.link + LINK,
        at=frames.at.copy(),
        end=frames.end.copy(),
        family=zeros(),
        addresses=np.zeros((count, 32), np.uint8),
        protocol=zeros(),
        size=zeros(),
        body=zeros(),
        stop=zeros(),
        whole=zeros(),
        fragment=np.full(count, -1, np.int64),
        later=np.zeros(count, np.bool_),
    )
