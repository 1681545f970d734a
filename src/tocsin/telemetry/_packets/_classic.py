"""The classic format of captures (pcap), of either byte order, in micro- or nanoseconds, and its modified form."""

import struct
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain

import numpy as np

from tocsin.errors import Unreadable
from tocsin.telemetry._packets._frames import LONGEST_FRAME, Frames, Integers, frames
from tocsin.telemetry._rows import CutOff, Reject, rejected

# What a file begins with: byte order, and how many units of time make a microsecond, bytes of a record's header.
MAGIC = {
    b"\xd4\xc3\xb2\xa1": ("<", 1, 16),
    b"\xa1\xb2\xc3\xd4": (">", 1, 16),
    b"\x4d\x3c\xb2\xa1": ("<", 1000, 16),
    b"\xa1\xb2\x3c\x4d": (">", 1000, 16),
    b"\x34\xcd\xb2\xa1": ("<", 1, 24),
    b"\xa1\xb2\xcd\x34": (">", 1, 24),
}
_FILE_HEADER = 24
# The bits above say whether frames have a checksum at their end.
_LINK_BITS = 0x0FFFFFFF


def classic_frames(pieces: Iterable[bytes]) -> Iterator[Frames | Reject]:
    """Frames of a capture. Raises Unreadable without a whole header, CutOff where packets can no longer be found."""
    header, pieces = _header(pieces)
    number, rest = 1, b""
    try:
        for piece in pieces:
            data = rest + piece
            at, end, damaged = _walk(data, header)
            if len(at):
                yield from frames(data, _columns(data, at, header, number))
            number, rest = number + len(at), data[end:]
            if damaged:
                yield rejected(number, "its length makes no sense", rest)
                rest = b""
                raise CutOff(f"packet {number:,} is damaged, and nothing behind it can be found")
        if rest:
            raise CutOff("its end is missing")
    except CutOff:
        if rest:
            yield rejected(number, "the capture is cut off in this packet", rest)
        raise


def _header(pieces: Iterable[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The header of the file, and all behind it."""
    data, rest = b"", iter(pieces)
    with suppress(CutOff):
        while len(data) < _FILE_HEADER and (piece := next(rest, b"")):
            data += piece
    if len(data) < _FILE_HEADER:
        raise Unreadable("the header of the capture is not whole")
    return data[:_FILE_HEADER], chain([data[_FILE_HEADER:]], rest)


def _walk(data: bytes, file: bytes) -> tuple[Integers, int, bool]:
    """Where records begin, where the last whole one ends, and whether the next has a length that none has."""
    order, _, header = MAGIC[file[:4]]
    length_of = struct.Struct(f"{order}I").unpack_from
    at: list[int] = []
    begin, last = 0, len(data) - header
    while begin <= last:
        (length,) = length_of(data, begin + 8)
        if length > LONGEST_FRAME:
            return np.array(at, np.int64), begin, True
        after = begin + header + length
        if after > len(data):
            break
        at.append(begin)
        begin = after
    return np.array(at, np.int64), begin, False


def _columns(data: bytes, at: Integers, header: bytes, number: int) -> list[Integers]:
    order, parts, size = MAGIC[header[:4]]
    (link,) = struct.unpack_from(f"{order}I", header, 20)
    octets = np.frombuffer(data, np.uint8)
    words = octets[at[:, None] + np.arange(16)].view(f"{order}u4").astype(np.int64)
    begin = at + size
    return [
        begin,
        begin + words[:, 2],
        np.maximum(words[:, 3], words[:, 2]),
        words[:, 0] * 1_000_000 + words[:, 1] // parts,
        np.full(len(at), link & _LINK_BITS, np.int64),
        np.arange(number, number + len(at)),
    ]
