"""UDP datagrams in captures (pcap and pcapng), of which the payload may be an export packet."""

import struct
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from tocsin.errors import Unreadable
from tocsin.telemetry._netflow.packets import is_export

PCAP = {
    b"\xd4\xc3\xb2\xa1": "<",
    b"\xa1\xb2\xc3\xd4": ">",
    b"\x4d\x3c\xb2\xa1": "<",
    b"\xa1\xb2\x3c\x4d": ">",
}
PCAPNG = b"\x0a\x0d\x0d\x0a"
_BYTE_ORDER = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
_INTERFACE, _SIMPLE, _ENHANCED, _SECTION = 1, 3, 6, 0x0A0D0D0A

# No link carries more in one frame; libpcap has the same bound.
LARGEST_FRAME = 1 << 18
# Names and statistics may stand in one block of a pcapng.
LARGEST_BLOCK = 16 << 20
MOST_INTERFACES = 10_000

IPV4, IPV6, VLANS = 0x0800, 0x86DD, (0x8100, 0x88A8, 0x9100)
UDP = 17


class Datagram(NamedTuple):
    """Source address (4 or 16 bytes) and payload of a UDP datagram; neither of them of other frames."""

    source: bytes
    payload: bytes


OTHER = Datagram(b"", b"")


def is_capture(head: bytes) -> bool:
    """Whether content begins as a pcap or pcapng does."""
    return head[:4] in PCAP or head[:4] == PCAPNG


def holds_exports(head: bytes) -> bool:
    """Whether at least half of the frames at the beginning of a capture are NetFlow or IPFIX."""
    seen = exports = 0
    try:
        for datagram in datagrams([head]):
            seen += 1
            exports += is_export(datagram.payload)
    except Unreadable:
        pass
    return 0 < seen <= 2 * exports


def datagrams(content: Iterable[bytes]) -> Iterator[Datagram]:
    """One datagram a frame. A frame that the end of the file cuts off is left out.

    Raises CutOff as ``content`` does, and Unreadable where the capture's own structure is damaged.
    """
    source = _Bytes(iter(content))
    head = source.peek(4)
    frames = _pcapng(source) if head == PCAPNG else _pcap(source, PCAP.get(head, "<"))
    for link, frame in frames:
        strip = _LINKS.get(link)
        if strip is None:
            raise Unreadable(f"its link type {link} is not known: capture on Ethernet, Linux cooked or raw IP")
        kind, packet = strip(frame)
        yield _datagram(kind, packet)


class _Bytes:
    """Pieces as one stream, of which as much is held as is asked for."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._held, self._at = pieces, b"", 0

    def peek(self, size: int) -> bytes:
        """The next bytes, fewer at the end. Raises CutOff when the end is missing and not all of them are there."""
        if len(self._held) - self._at < size:
            parts = [self._held[self._at :]]
            total = len(parts[0])
            while total < size and (piece := next(self._pieces, None)) is not None:
                parts.append(piece)
                total += len(piece)
            self._held, self._at = b"".join(parts), 0
        return self._held[self._at : self._at + size]

    def read(self, size: int) -> bytes:
        """As ``peek``, and go on behind them."""
        found = self.peek(size)
        self._at += len(found)
        return found


def _pcap(source: _Bytes, order: str) -> Iterator[tuple[int, bytes]]:
    header = source.read(24)
    if len(header) < 24:
        return
    link = struct.unpack_from(order + "I", header, 20)[0] & 0xFFFF
    record = struct.Struct(order + "8xI4x")
    while len(header := source.read(16)) == 16:
        (length,) = record.unpack(header)
        if length > LARGEST_FRAME:
            raise Unreadable(f"a frame of {length:,} bytes stands in it: the capture is damaged, record it again")
        if len(frame := source.read(length)) < length:
            return
        yield link, frame


def _pcapng(source: _Bytes) -> Iterator[tuple[int, bytes]]:
    order, links = "<", list[int]()
    while len(header := source.peek(12)) == 12:
        if header[:4] == PCAPNG:
            order, links = _BYTE_ORDER.get(header[8:12], ""), []
        if not order:
            raise Unreadable("a section of it has no byte order: the capture is damaged, record it again")
        kind, length = struct.unpack_from(order + "II", header)
        if not 12 <= length <= LARGEST_BLOCK or length % 4:
            raise Unreadable(f"a block of {length:,} bytes stands in it: the capture is damaged, record it again")
        if len(block := source.read(length)) < length:
            return
        yield from _block(kind, block, order, links)


def _block(kind: int, block: bytes, order: str, links: list[int]) -> Iterator[tuple[int, bytes]]:
    if kind == _INTERFACE and len(block) >= 20 and len(links) < MOST_INTERFACES:
        links.append(struct.unpack_from(order + "H", block, 8)[0])
    elif kind == _ENHANCED and len(block) >= 32:
        interface, length = struct.unpack_from(order + "I8xI", block, 8)
        if interface < len(links):
            yield links[interface], block[28:-4][:length]
    elif kind == _SIMPLE and links and len(block) >= 16:
        (length,) = struct.unpack_from(order + "I", block, 8)
        yield links[0], block[12:-4][:length]


def _ethernet(frame: bytes) -> tuple[int, bytes]:
    at = 12
    while len(frame) >= at + 2:
        kind = int.from_bytes(frame[at : at + 2], "big")
        if kind not in VLANS:
            return kind, frame[at + 2 :]
        at += 4
    return 0, b""


def _raw(frame: bytes) -> tuple[int, bytes]:
    return {4: IPV4, 6: IPV6}.get(frame[0] >> 4 if frame else 0, 0), frame


def _cooked(kind: int, length: int) -> Callable[[bytes], tuple[int, bytes]]:
    return lambda frame: (int.from_bytes(frame[kind : kind + 2], "big"), frame[length:])


def _loopback(frame: bytes) -> tuple[int, bytes]:
    return _raw(frame[4:])


_LINKS: dict[int, Callable[[bytes], tuple[int, bytes]]] = {
    0: _loopback,
    1: _ethernet,
    12: _raw,
    14: _raw,
    101: _raw,
    108: _loopback,
    113: _cooked(14, 16),
    228: _raw,
    229: _raw,
    276: _cooked(0, 20),
}


def _datagram(kind: int, packet: bytes) -> Datagram:
    if kind == IPV4 and len(packet) >= 28:
        header = (packet[0] & 15) * 4
        # A fragment is no whole export, and its first part does not pass for one.
        if packet[9] == UDP and header >= 20:
            return _payload(packet[12:16], packet[header:])
    elif kind == IPV6 and len(packet) >= 48 and packet[6] == UDP:
        return _payload(packet[8:24], packet[40:])
    return OTHER


def _payload(source: bytes, udp: bytes) -> Datagram:
    length = int.from_bytes(udp[4:6], "big")
    return Datagram(source, udp[8:length]) if length >= 8 else OTHER
