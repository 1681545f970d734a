"""Layers below IP: kinds of link, VLANs, MPLS, PPP and their like. Each says what comes next, and where."""

from collections.abc import Callable

import numpy as np

from tocsin.telemetry._packets._frames import Integers
from tocsin.telemetry._packets._packets import DONE, IPV4, IPV6, LINK, PPP, PSEUDOWIRE, Packets, Rows

Layer = Callable[[Packets, Rows], None]

ETHERNET, LOWEST_TYPE = LINK + 1, 1536
# A frame with a length instead of a type begins with this when SNAP names the type after all.
_SNAP = 0xAAAA03
_MPLS_BOTTOM = 0x100
_PPP_KINDS = {0x21: IPV4, 0x57: IPV6, 0x281: 0x8847, 0x283: 0x8848}
# Families of addresses as the systems number them: IPv6 differs.
_FAMILIES = {2: IPV4, 10: IPV6, 24: IPV6, 28: IPV6, 30: IPV6}


def _ethernet(packets: Packets, rows: Rows) -> None:
    rows = packets.whole_header(rows, 14, "Ethernet")
    _typed(packets, rows, 12)


def _typed(packets: Packets, rows: Rows, offset: int) -> None:
    """An EtherType at the offset, or a length, behind which SNAP may name the type."""
    kind = packets.short(rows, offset)
    packets.follows(rows, kind, offset + 2)
    lengths = rows[kind < LOWEST_TYPE]
    if len(lengths):
        is_snap = packets.long(lengths, 0) >> 8 == _SNAP
        packets.kind[lengths] = DONE
        packets.follows(lengths[is_snap], packets.short(lengths[is_snap], 6), 8)


def _tagged(size: int, what: str) -> Layer:
    """A tag that ends with the type of what it tags."""

    def layer(packets: Packets, rows: Rows) -> None:
        rows = packets.whole_header(rows, size, what)
        _typed(packets, rows, size - 2)

    return layer


def _fixed(size: int, kind: int, what: str) -> Layer:
    """A header of which only the size matters."""

    def layer(packets: Packets, rows: Rows) -> None:
        packets.follows(packets.whole_header(rows, size, what), kind, size)

    return layer


def _raw(packets: Packets, rows: Rows) -> None:
    """Nothing below IP: the first half byte says which."""
    rows = packets.whole_header(rows, 1, "IP")
    version = packets.byte(rows, 0) >> 4
    packets.kind[rows] = np.select([version == 4, version == 6], [IPV4, IPV6], DONE)
    packets.refuse(rows[(version != 4) & (version != 6)], "it is neither IPv4 nor IPv6")


def _loopback(packets: Packets, rows: Rows) -> None:
    """A family of addresses in the byte order of the machine that captured it; both are tried."""
    rows = packets.whole_header(rows, 4, "loopback")
    family = np.where(packets.short(rows, 0) == 0, packets.short(rows, 2), packets.byte(rows, 0))
    packets.follows(rows, _mapped(family, _FAMILIES), 4)


def _cooked(size: int, offset: int) -> Layer:
    """What Linux writes when it captures on any interface."""

    def layer(packets: Packets, rows: Rows) -> None:
        rows = packets.whole_header(rows, size, "Linux cooked")
        packets.follows(rows, packets.short(rows, offset), size)

    return layer


def _mpls(packets: Packets, rows: Rows) -> None:
    """A label; below the last one lies IP, or Ethernet behind a control word."""
    rows = packets.whole_header(rows, 4, "MPLS")
    bottom = packets.long(rows, 0) & _MPLS_BOTTOM > 0
    packets.at[rows] += 4
    rows = packets.whole_header(rows[bottom], 1, "MPLS")
    version = packets.byte(rows, 0) >> 4
    packets.kind[rows] = np.select([version == 4, version == 6, version == 0], [IPV4, IPV6, PSEUDOWIRE], DONE)


def _pppoe(packets: Packets, rows: Rows) -> None:
    packets.follows(packets.whole_header(rows, 6, "PPPoE"), PPP, 6)


def _ppp(packets: Packets, rows: Rows) -> None:
    """A protocol in one byte or two, behind address and control where those are not left away."""
    rows = packets.whole_header(rows, 1, "PPP")
    packets.at[rows] += np.where(packets.short(rows, 0) == 0xFF03, 2, 0)
    is_short = packets.byte(rows, 0) & 1 == 1
    protocol = np.where(is_short, packets.byte(rows, 0), packets.short(rows, 0))
    packets.follows(rows, _mapped(protocol, _PPP_KINDS), np.where(is_short, 1, 2))


def _mapped(values: Integers, kinds: dict[int, int]) -> Integers:
    found = np.full(len(values), DONE, np.int64)
    for value, kind in kinds.items():
        found[values == value] = kind
    return found


LINKS: dict[int, Layer] = {
    LINK: _loopback,
    LINK + 108: _loopback,
    ETHERNET: _ethernet,
    LINK + 9: _ppp,
    LINK + 50: _ppp,
    LINK + 51: _pppoe,
    **dict.fromkeys([LINK + 12, LINK + 14, LINK + 101, LINK + 228, LINK + 229], _raw),
    LINK + 113: _cooked(16, 14),
    LINK + 276: _cooked(20, 0),
    **dict.fromkeys([0x8100, 0x88A8, 0x9100, 0x9200, 0x9300], _tagged(4, "VLAN")),
    0x8926: _tagged(6, "VNTAG"),
    0x88E7: _fixed(4, ETHERNET, "provider backbone"),
    0x6558: _ethernet,
    0x8847: _mpls,
    0x8848: _mpls,
    PSEUDOWIRE: _fixed(4, ETHERNET, "pseudowire"),
    0x8864: _pppoe,
    0x880B: _ppp,
    PPP: _ppp,
}
