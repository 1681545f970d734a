"""Export packets: whether bytes are one, and packets that lie one after another in a file."""

import re
import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tocsin.telemetry._rows import CutOff, Reject, rejected

V5, V9, IPFIX = 5, 9, 10
V5_HEADER, V5_RECORD = 24, 48
V9_HEADER, IPFIX_HEADER = 20, 16
# What fits into one UDP datagram.
LARGEST = 65_535
FIRST_DATA_SET = 256
V9_TEMPLATES, V9_OPTIONS = 0, 1
# Sets of templates and options have the numbers 0 and 1 in NetFlow v9, 2 and 3 in IPFIX.
_FIRST_FREE_SET = 4

# NetFlow is younger than 1995 and this program will not be read in 2100.
_FIRST_SECOND, _LAST_SECOND = 788_918_400, 4_102_444_800
_MOST_V5_RECORDS = 30
_VERSION = re.compile(rb"\x00[\x05\x09\x0a]")


class Packet(NamedTuple):
    """An export packet, its number in the file, from 1, and the address of its exporter, b"" where it is not known."""

    number: int
    exporter: bytes
    data: bytes


def is_export(data: bytes) -> bool:
    """Whether a datagram is one whole export packet.

    >>> is_export(struct.pack(">HHIII", 10, 16, 1_767_225_600, 0, 0))
    True
    """
    return _may_begin(data, 0) and _length(data, 0, last=True) == len(data)


def begins_export(head: bytes) -> bool:
    """Whether content begins with an export packet, of which the end may be missing."""
    if not _may_begin(head, 0):
        return False
    length = _length(head, 0, last=False)
    return length is None or (length > 0 and (length >= len(head) - 1 or head[length : length + 1] == b"\x00"))


def packets(content: Iterable[bytes]) -> Iterator[Packet | Reject]:
    """Packets that lie one after another. Bytes between them that are none are rejected together.

    Raises CutOff as ``content`` does, after what there is of the last packet was given or rejected.
    """
    rest, number, offset, cut = b"", 1, 0, None
    pieces = iter(content)
    last = False
    while not last:
        try:
            piece = next(pieces, None)
        except CutOff as missing:
            piece, cut = None, missing
        last = piece is None
        rest += piece or b""
        at = 0
        while at < len(rest):
            length = _length(rest, at, last) if _may_begin(rest, at) or len(rest) - at < IPFIX_HEADER else 0
            if length is None and not last:
                break
            good = bool(length) and len(rest) - at >= IPFIX_HEADER
            end = at + (length or 0) if good else _next(rest, at + 1, last)
            if good:
                yield Packet(number, b"", rest[at:end])
            else:
                shown = rest[at : min(end, at + 100)]
                yield rejected(number, f"no whole export packet stands at byte {offset + at:,}", shown)
            number, at = number + 1, end
        offset += at
        rest = rest[at:]
    if cut is not None:
        raise cut


def _may_begin(data: bytes, at: int) -> bool:
    """Whether the header of an export packet stands here, by its version, its size and what follows it."""
    if len(data) - at < IPFIX_HEADER:
        return False
    version, size = struct.unpack_from(">HH", data, at)
    if version == V5:
        return bool(0 < size <= _MOST_V5_RECORDS)
    first = at + (V9_HEADER if version == V9 else IPFIX_HEADER)
    if version not in (V9, IPFIX) or (version == IPFIX and size < IPFIX_HEADER):
        return False
    if len(data) < first + 4 or (version == IPFIX and size == IPFIX_HEADER):
        return True
    kind, length = struct.unpack_from(">HH", data, first)
    return bool((kind < _FIRST_FREE_SET or kind >= FIRST_DATA_SET) and length >= 4)


def _in_time(data: bytes, at: int) -> bool:
    """Whether the clock of that header is right, which tells a header from bytes that only look like one."""
    version, first, second = struct.unpack_from(">H2xII", data, at)
    return bool(_FIRST_SECOND <= (first if version == IPFIX else second) <= _LAST_SECOND)


def _length(data: bytes, at: int, last: bool) -> int | None:
    """Length of the packet that begins here: 0 when it is none, None when more bytes must come to know it."""
    left = len(data) - at
    if left < IPFIX_HEADER:
        return 0 if last else None
    version, size = struct.unpack_from(">HH", data, at)
    if version == V9:
        return _length_by_sets(data, at, last)
    length = size if version == IPFIX else V5_HEADER + size * V5_RECORD
    if length > left:
        return 0 if last else None
    return int(length)


def _length_by_sets(data: bytes, at: int, last: bool) -> int | None:
    """NetFlow v9 does not say how long a packet is: it ends where no set begins."""
    end, limit = at + V9_HEADER, at + LARGEST
    while end + 4 <= len(data):
        kind, length = struct.unpack_from(">HH", data, end)
        if kind not in (V9_TEMPLATES, V9_OPTIONS) and kind < FIRST_DATA_SET:
            return end - at
        if kind == length == 0:
            return _padded(data, end) - at
        if length < 4 or end + length > limit:
            return end - at
        if end + length > len(data):
            return 0 if last else None
        end += length
    if not last and end + 4 > len(data):
        return None
    return end - at if end <= len(data) else 0


def _padded(data: bytes, at: int) -> int:
    """Where the zeros that fill up a packet end: the next packet begins with one."""
    rest = data[at : at + LARGEST].lstrip(b"\0")
    end = min(len(data), at + LARGEST) - len(rest)
    return end - 1 if rest else end


def _next(data: bytes, at: int, last: bool) -> int:
    """Where the next packet may begin, else the end of what is there, less what may be cut off there."""
    for found in _VERSION.finditer(data, at):
        at = found.start()
        if (_may_begin(data, at) and _in_time(data, at)) or (not last and len(data) - at < IPFIX_HEADER):
            return at
    return len(data)
