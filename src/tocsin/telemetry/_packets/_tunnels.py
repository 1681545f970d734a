"""Tunnels: what is carried in them counts, and not what carries it. A fragment of what carries is not looked into."""

import numpy as np

from tocsin.telemetry._packets._frames import Integers
from tocsin.telemetry._packets._links import ETHERNET, Layer
from tocsin.telemetry._packets._packets import DONE, IPV4, IPV6, PROTOCOL, Packets, Rows

_GRE_CHECKSUM, _GRE_KEY, _GRE_SEQUENCE, _GRE_ACKNOWLEDGE, _GRE_ROUTING = 0x8000, 0x2000, 0x1000, 0x0080, 0x4000
_ERSPAN, _ERSPAN_3 = 0x88BE, 0x22EB
_TEREDO, _GTP, _VXLAN, _GENEVE = 3544, 2152, (4789, 8472), 6081


def _whole(packets: Packets, rows: Rows) -> Rows:
    """Packets that are no fragments; others end here."""
    is_whole = packets.fragment[rows] < 0
    packets.kind[rows[~is_whole]] = DONE
    return rows[is_whole]


def _inside(kind: int) -> Layer:
    """The next header follows at once."""

    def layer(packets: Packets, rows: Rows) -> None:
        packets.kind[_whole(packets, rows)] = kind

    return layer


def _gre(packets: Packets, rows: Rows) -> None:
    rows = _whole(packets, rows)
    flags, kind = packets.short(rows, 0), packets.short(rows, 2)
    size = 4 + 4 * sum((flags & flag > 0).astype(np.int64) for flag in (_GRE_CHECKSUM, _GRE_KEY, _GRE_SEQUENCE))
    size += np.where((flags & 7 == 1) & (flags & _GRE_ACKNOWLEDGE > 0), 4, 0)
    # Of the mirrored traffic of switches there are three versions, each with a header of its own before the frame.
    mirrored = (kind == _ERSPAN) | (kind == _ERSPAN_3)
    size += np.where((kind == _ERSPAN) & (flags & _GRE_SEQUENCE > 0), 8, 0)
    size += np.where(kind == _ERSPAN_3, 12 + 8 * (packets.byte(rows, size + 11) & 1), 0)
    fits = (packets.at[rows] + size < packets.end[rows]) & (flags & 7 <= 1) & (flags & _GRE_ROUTING == 0)
    packets.kind[rows[~fits]] = DONE
    packets.follows(rows[fits], np.where(mirrored, ETHERNET, kind)[fits], size[fits])


def _ethernet_in_ip(packets: Packets, rows: Rows) -> None:
    packets.follows(_whole(packets, rows), ETHERNET, 2)


def _udp(packets: Packets, rows: Rows) -> None:
    """UDP to or from the port of a tunnel, where what follows is such a tunnel."""
    source, target = packets.short(rows, 0), packets.short(rows, 2)
    fits = (packets.at[rows] + 8 < packets.end[rows]) & (packets.fragment[rows] < 0)
    packets.kind[rows] = DONE
    for ports, both, tunnel in _TUNNELS:
        known = np.isin(target, ports) | (np.isin(source, ports) if both else False)
        tunnelled = rows[known & fits]
        if len(tunnelled):
            packets.at[tunnelled] += 8
            tunnel(packets, tunnelled)


def _vxlan(packets: Packets, rows: Rows) -> None:
    is_vxlan = (packets.long(rows, 0) == 0x08000000) & (packets.byte(rows, 7) == 0)
    packets.follows(rows[is_vxlan], ETHERNET, 8)


def _geneve(packets: Packets, rows: Rows) -> None:
    first, kind = packets.byte(rows, 0), packets.short(rows, 2)
    is_geneve = (first >> 6 == 0) & np.isin(kind, [0x6558, IPV4, IPV6]) & (packets.byte(rows, 7) == 0)
    packets.follows(rows[is_geneve], kind[is_geneve], (8 + (first & 63) * 4)[is_geneve])


def _teredo(packets: Packets, rows: Rows) -> None:
    """IPv6 behind an authentication and an origin, each of which may be missing."""
    authenticated = packets.short(rows, 0) == 1
    lengths = packets.byte(rows, 2) + packets.byte(rows, 3)
    size = np.where(authenticated, 13 + lengths, 0)
    size += np.where(packets.short(rows, size) == 0, 8, 0)
    _ip_at(packets, rows, size, [6])


def _gtp(packets: Packets, rows: Rows) -> None:
    """IP behind the header of a user's packet (type 255), its optional fields and extension headers."""
    flags = packets.byte(rows, 0)
    is_user = (flags >> 4 == 3) & (packets.byte(rows, 1) == 255)
    rows, flags = rows[is_user], flags[is_user]
    size = np.where(flags & 7 > 0, 12, 8)
    # No more extension headers than a packet core writes: one of QoS, one of numbering, and room.
    for _ in range(4):
        more = (flags & 4 > 0) & (packets.byte(rows, size - 1) > 0)
        length = packets.byte(rows, size)
        size = np.where(more & (length > 0), size + length * 4, size)
    _ip_at(packets, rows, size, [4, 6])


def _ip_at(packets: Packets, rows: Rows, size: Integers, versions: list[int]) -> None:
    """IP of one of the versions behind so many bytes, if its header says so; else it is plain UDP."""
    version = packets.byte(rows, size) >> 4
    is_ip = np.isin(version, versions) & (packets.at[rows] + size + 20 <= packets.end[rows])
    kind = np.where(version == 4, IPV4, IPV6)
    packets.follows(rows[is_ip], kind[is_ip], size[is_ip])


# Port of the tunnel; whether it may be that of the source; how to look inside.
_TUNNELS: tuple[tuple[list[int], bool, Layer], ...] = (
    (list(_VXLAN), False, _vxlan),
    ([_GENEVE], False, _geneve),
    ([_TEREDO], True, _teredo),
    ([_GTP], False, _gtp),
)

TUNNELS: dict[int, Layer] = {
    PROTOCOL + 4: _inside(IPV4),
    PROTOCOL + 41: _inside(IPV6),
    PROTOCOL + 47: _gre,
    PROTOCOL + 97: _ethernet_in_ip,
    PROTOCOL + 137: _inside(0x8847),
    PROTOCOL + 17: _udp,
}
