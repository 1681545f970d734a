"""The format of captures in blocks (pcapng): several sections, interfaces and resolutions of time in one file."""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from tocsin.errors import Unreadable
from tocsin.telemetry._packets._frames import LONGEST_FRAME, Frames, frames
from tocsin.telemetry._rows import CutOff, Reject, rejected

SECTION = b"\x0a\x0d\x0d\x0a"
_INTERFACE, _OLD_PACKET, _SIMPLE, _PACKET = 1, 2, 3, 6
_ORDERS = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
# Blocks of names and secrets may be long, but none is longer.
_LONGEST_BLOCK = 16 << 20
_MOST_INTERFACES = 10_000
_RESOLUTION, _OFFSET, _END = 9, 14, 0


@dataclass(frozen=True, slots=True)
class _Interface:
    """Kind of link, and how its times are told: units a second, and seconds to add."""

    link: int
    units: int = 1_000_000
    offset: int = 0

    def microseconds(self, time: int) -> int:
        """A time of this interface, in microseconds since 1970."""
        return time * 1_000_000 // self.units + self.offset * 1_000_000


@dataclass(slots=True)
class _Section:
    """What holds for the blocks that follow; ``rows`` are the packets of the piece, ``number`` is that of the next."""

    order: str = "<"
    interfaces: list[_Interface] = field(default_factory=list)
    number: int = 1
    rows: list[tuple[int, int, int, int, int, int]] = field(default_factory=list)


class _Damaged(Exception):
    """A block that makes no sense, so that nothing behind it can be found."""


def pcapng_frames(pieces: Iterable[bytes]) -> Iterator[Frames | Reject]:
    """Frames of a capture. Raises Unreadable for too many interfaces, CutOff where blocks can no longer be found."""
    rest, section = b"", _Section()
    try:
        for piece in pieces:
            data, at = rest + piece, 0
            try:
                while size := _size(data, at, section):
                    if reject := _block(data, at, size, section):
                        yield reject
                    at += size
            except _Damaged as damage:
                yield from _told(data, section)
                rest = b""
                yield rejected(section.number, f"its block {damage}", data[at : at + 200])
                raise CutOff(f"packet {section.number:,} is damaged, and nothing behind it can be found") from None
            yield from _told(data, section)
            rest = data[at:]
    except CutOff:
        if rest:
            yield rejected(section.number, "the capture is cut off in this packet", rest)
        raise
    if rest:
        yield rejected(section.number, "the capture is cut off in this packet", rest)
        raise CutOff("its end is missing")


def _told(data: bytes, section: _Section) -> Iterator[Frames | Reject]:
    if section.rows:
        columns = list(np.array(section.rows, np.int64).T)
        section.rows = []
        yield from frames(data, columns)


def _size(data: bytes, at: int, section: _Section) -> int:
    """Size of the block that begins there; 0 when it is not whole yet."""
    if len(data) < at + 12:
        return 0
    if data[at : at + 4] == SECTION:
        order = _ORDERS.get(data[at + 8 : at + 12])
        if order is None:
            raise _Damaged("begins no section")
        section.order = order
    (size,) = struct.unpack_from(f"{section.order}I", data, at + 4)
    if size % 4 or not 12 <= size <= _LONGEST_BLOCK:
        raise _Damaged("has a length that makes no sense")
    if len(data) < at + size:
        return 0
    if data[at + size - 4 : at + size] != data[at + 4 : at + 8]:
        raise _Damaged("ends with another length than it begins with")
    return int(size)


def _block(data: bytes, at: int, size: int, section: _Section) -> Reject | None:
    """Heed a block; the reject of a packet that cannot be read."""
    (kind,) = struct.unpack_from(f"{section.order}I", data, at)
    body, end = at + 8, at + size - 4
    if data[at : at + 4] == SECTION:
        section.interfaces = []
    elif kind == _INTERFACE:
        section.interfaces.append(_interface(data[body:end], section.order))
        if len(section.interfaces) > _MOST_INTERFACES:
            raise Unreadable(f"it has more than {_MOST_INTERFACES:,} interfaces: that is no capture")
    elif kind in (_PACKET, _OLD_PACKET, _SIMPLE):
        flaw = "it has no time" if kind == _SIMPLE else _packet(data, body, end, section, kind)
        section.number += 1
        return rejected(section.number - 1, flaw, data[body:end]) if flaw else None
    return None


def _packet(data: bytes, body: int, end: int, section: _Section, kind: int) -> str | None:
    """Take a packet; what is wrong with it instead."""
    if end - body < 20:
        return "its block is too short"
    if kind == _OLD_PACKET:
        interface, _, high, low, captured, length = struct.unpack_from(f"{section.order}HHIIII", data, body)
    else:
        interface, high, low, captured, length = struct.unpack_from(f"{section.order}IIIII", data, body)
    if captured > min(end - body - 20, LONGEST_FRAME):
        return "its length makes no sense"
    if interface >= len(section.interfaces):
        return f"it is of interface {interface}, which is not described"
    source = section.interfaces[interface]
    time = source.microseconds(high << 32 | low)
    at = body + 20
    length = max(length, captured)
    section.rows.append((at, at + captured, length, _bounded(time), source.link, section.number))
    return None


def _bounded(time: int) -> int:
    return time if -1 < time < 1 << 62 else -1


def _interface(body: bytes, order: str) -> _Interface:
    """The description of an interface; options that make no sense are passed over."""
    if len(body) < 8:
        raise _Damaged("of an interface is too short")
    (link,) = struct.unpack_from(f"{order}H", body)
    units, offset, at = 1_000_000, 0, 8
    while at + 4 <= len(body):
        code, size = struct.unpack_from(f"{order}HH", body, at)
        value = body[at + 4 : at + 4 + size]
        if code == _END:
            break
        if code == _RESOLUTION and len(value) == 1:
            units = _units(value[0])
        elif code == _OFFSET and len(value) == 8:
            (offset,) = struct.unpack(f"{order}q", value)
        at += 4 + size + -size % 4
    return _Interface(link, units, offset)


def _units(resolution: int) -> int:
    """Units a second: a power of two when the highest bit is set, else of ten.

    >>> _units(9), _units(0x8A)
    (1000000000, 1024)
    """
    power = resolution & 0x7F
    return 1 << power if resolution & 0x80 else int(10**power)
