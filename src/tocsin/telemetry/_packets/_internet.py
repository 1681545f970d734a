"""IPv4 and IPv6 with what may stand between their header and what they carry."""

import numpy as np

from tocsin.telemetry._packets._frames import Integers
from tocsin.telemetry._packets._links import Layer
from tocsin.telemetry._packets._packets import DONE, IPV4, IPV6, PROTOCOL, Packets, Rows

# A packet that the network card is still to cut says that it has no length; then the frame's counts.
_HOP_BY_HOP, _ROUTING, _FRAGMENT, _AUTHENTICATION, _OPTIONS = 0, 43, 44, 51, 60


def _ipv4(packets: Packets, rows: Rows) -> None:
    rows = packets.whole_header(rows, 20, "IPv4")
    first = packets.byte(rows, 0)
    header, size = (first & 15) * 4, packets.short(rows, 2)
    size = np.where(size == 0, _rest(packets, rows), size)
    wrong = (first >> 4 != 4) | (header < 20) | (size < header)
    packets.refuse(rows[wrong], "its IPv4 header makes no sense")
    rows, header, size = rows[~wrong], header[~wrong], size[~wrong]
    fits = packets.at[rows] + header <= packets.end[rows]
    packets.refuse(rows[~fits], "it is cut off in its IPv4 header")
    rows, header, size = rows[fits], header[fits], size[fits]
    packets.addresses[rows] = 0
    packets.addresses[rows[:, None], [12, 13, 14, 15, 28, 29, 30, 31]] = _octets(packets, rows, 12, 8)
    fragment = packets.short(rows, 6)
    part = fragment & 0x3FFF
    packets.fragment[rows] = np.where(part > 0, packets.short(rows, 4), -1)
    packets.later[rows] = part & 0x1FFF > 0
    _carries(packets, rows, 4, packets.byte(rows, 9), size, header)


def _ipv6(packets: Packets, rows: Rows) -> None:
    rows = packets.whole_header(rows, 40, "IPv6")
    wrong = packets.byte(rows, 0) >> 4 != 6
    packets.refuse(rows[wrong], "its IPv6 header makes no sense")
    rows = rows[~wrong]
    size = packets.short(rows, 4)
    size = np.where(size == 0, _rest(packets, rows), size + 40)
    packets.addresses[rows] = _octets(packets, rows, 8, 32)
    packets.fragment[rows] = -1
    packets.later[rows] = False
    _carries(packets, rows, 6, packets.byte(rows, 6), size, 40)


def _rest(packets: Packets, rows: Rows) -> Integers:
    """Bytes of the frame from here on, on the wire."""
    frames = packets.frames
    return frames.length[rows] - (packets.at[rows] - frames.at[rows])


def _octets(packets: Packets, rows: Rows, offset: int, count: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    found: np.ndarray[tuple[int, int], np.dtype[np.uint8]]
    found = packets.octets[(packets.at[rows] + offset)[:, None] + np.arange(count)]
    return found


def _carries(
    packets: Packets, rows: Rows, family: int, protocol: Integers, size: Integers, header: int | Integers
) -> None:
    packets.family[rows], packets.protocol[rows], packets.size[rows] = family, protocol, size
    packets.whole[rows] = packets.at[rows] + size
    packets.end[rows] = np.minimum(packets.end[rows], packets.whole[rows])
    packets.follows(rows, protocol + PROTOCOL, header)
    _begins(packets, rows)


def _begins(packets: Packets, rows: Rows) -> None:
    packets.body[rows], packets.stop[rows] = packets.at[rows], packets.end[rows]


def _extension(unit: int, more: int) -> Layer:
    """A header that says what follows it and how long it is, in units of so many bytes."""

    def layer(packets: Packets, rows: Rows) -> None:
        size = (packets.byte(rows, 1) + more) * unit
        fits = packets.at[rows] + size <= packets.end[rows]
        _next(packets, rows[fits], size[fits])
        # What it carries is not known; the header that could not be read stands as its protocol.
        packets.kind[rows[~fits]] = PROTOCOL + 59

    return layer


def _fragment(packets: Packets, rows: Rows) -> None:
    fits = packets.at[rows] + 8 <= packets.end[rows]
    packets.kind[rows[~fits]] = PROTOCOL + 59
    rows = rows[fits]
    part = packets.short(rows, 2)
    is_part = part & 0xFFF9 > 0
    packets.fragment[rows] = np.where(is_part, packets.long(rows, 4), -1)
    packets.later[rows] = part & 0xFFF8 > 0
    _next(packets, rows, 8)
    # What a later fragment begins with is no header.
    packets.kind[rows[packets.later[rows]]] = DONE


def _next(packets: Packets, rows: Rows, size: int | Integers) -> None:
    protocol = packets.byte(rows, 0)
    packets.protocol[rows] = protocol
    packets.follows(rows, protocol + PROTOCOL, size)
    _begins(packets, rows)


INTERNET: dict[int, Layer] = {
    IPV4: _ipv4,
    IPV6: _ipv6,
    **dict.fromkeys([PROTOCOL + _HOP_BY_HOP, PROTOCOL + _ROUTING, PROTOCOL + _OPTIONS], _extension(8, 1)),
    PROTOCOL + _FRAGMENT: _fragment,
    PROTOCOL + _AUTHENTICATION: _extension(4, 2),
}
