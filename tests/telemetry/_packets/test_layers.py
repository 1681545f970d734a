"""Headers, from the link to the ports."""

import struct

import pytest

from tests.telemetry.captures import CLIENT, SERVER, START, ethernet, ip, pcap, udp
from tests.telemetry.reading import Outcome, read_file
from tocsin.telemetry import pcap as reader

INNER = ip(CLIENT, SERVER, 17, udp(4000, 5000, b"hello"))
INNER6 = ip("2001:db8::1", "2001:db8::2", 17, udp(4000, 5000, b"hello"))
LONG = ip(CLIENT, SERVER, 17, udp(4000, 5000, bytes(1000)))
OUTER = ("203.0.113.1", "203.0.113.2")
MAC = bytes(12)


def read(*packets: bytes, link: int = 1, snap: int = 262_144) -> Outcome:
    return read_file(reader, pcap([(START + place / 10, p) for place, p in enumerate(packets)], link=link, snap=snap))


def mpls(label: int, bottom: bool) -> bytes:
    return struct.pack(">I", label << 12 | bottom << 8 | 64)


LINKS: dict[str, tuple[int, bytes]] = {
    "Ethernet": (1, ethernet(INNER)),
    "Ethernet with padding": (1, ethernet(INNER) + bytes(30)),
    "VLAN": (1, MAC + bytes.fromhex("810000070800") + INNER),
    "VLANs": (1, MAC + bytes.fromhex("88a8000181000002910000030800") + INNER),
    "VNTAG": (1, MAC + bytes.fromhex("8926000000000800") + INNER),
    "provider backbone": (1, MAC + bytes.fromhex("88e700000001") + ethernet(INNER)),
    "SNAP": (1, MAC + struct.pack(">H", 8 + len(INNER)) + bytes.fromhex("aaaa030000000800") + INNER),
    "MPLS": (1, ethernet(mpls(3, False) + mpls(4, True) + INNER, 0x8847)),
    "MPLS with Ethernet": (1, ethernet(mpls(4, True) + bytes(4) + ethernet(INNER), 0x8847)),
    "PPPoE": (1, ethernet(bytes.fromhex("110000010000") + b"\x00\x21" + INNER, 0x8864)),
    "PPPoE, short protocol": (1, ethernet(bytes.fromhex("110000010000") + b"\x21" + INNER, 0x8864)),
    "PPP": (9, bytes.fromhex("ff030021") + INNER),
    "null, little endian": (0, struct.pack("<I", 2) + INNER),
    "null, big endian": (0, struct.pack(">I", 2) + INNER),
    "loopback": (108, struct.pack(">I", 2) + INNER),
    "raw": (101, INNER),
    "raw IPv4": (228, INNER),
    "Linux cooked": (113, bytes(14) + b"\x08\x00" + INNER),
    "Linux cooked, version 2": (276, b"\x08\x00" + bytes(18) + INNER),
}
VXLAN = b"\x08\0\0\0\0\0\x07\0"
TUNNELS: dict[str, bytes] = {
    "IP in IP": ip(*OUTER, 4, INNER),
    "IP in IPv6": ip("2001:db8::3", "2001:db8::4", 4, INNER),
    "GRE": ip(*OUTER, 47, bytes.fromhex("00000800") + INNER),
    "GRE with checksum, key and sequence": ip(*OUTER, 47, bytes.fromhex("b0000800") + bytes(12) + INNER),
    "GRE with Ethernet": ip(*OUTER, 47, bytes.fromhex("00006558") + ethernet(INNER)),
    "PPTP": ip(*OUTER, 47, bytes.fromhex("3081880b") + bytes(12) + b"\xff\x03\x00\x21" + INNER),
    "ERSPAN I": ip(*OUTER, 47, bytes.fromhex("000088be") + ethernet(INNER)),
    "ERSPAN II": ip(*OUTER, 47, bytes.fromhex("100088be") + bytes(12) + ethernet(INNER)),
    "ERSPAN III": ip(*OUTER, 47, bytes.fromhex("100022eb") + bytes(16) + ethernet(INNER)),
    "ERSPAN III with more": ip(*OUTER, 47, bytes.fromhex("100022eb") + bytes(15) + b"\1" + bytes(8) + ethernet(INNER)),
    "Ethernet in IP": ip(*OUTER, 97, b"\x30\0" + ethernet(INNER)),
    "MPLS in IP": ip(*OUTER, 137, mpls(4, True) + INNER),
    "VXLAN": ip(*OUTER, 17, udp(50_000, 4789, VXLAN + ethernet(INNER))),
    "Geneve": ip(*OUTER, 17, udp(50_000, 6081, bytes.fromhex("0100655800000100") + bytes(4) + ethernet(INNER))),
    "GTP-U": ip(*OUTER, 17, udp(2152, 2152, b"\x30\xff" + bytes(6) + INNER)),
    "GTP-U with an extension": ip(
        *OUTER, 17, udp(2152, 2152, b"\x34\xff" + bytes(6) + b"\0\0\0\x85" + b"\1\0\0\0" + INNER)
    ),
    "a tunnel in a tunnel": ip(*OUTER, 4, ip(*OUTER, 47, bytes.fromhex("00000800") + INNER)),
}


def ends(outcome: Outcome) -> list[tuple[str, int | None, str, int | None, str, int | None]]:
    columns = ("initiator", "initiator_port", "responder", "responder_port", "protocol", "initiator_bytes")
    return [tuple(row[column] for column in columns) for row in outcome.rows]


@pytest.mark.parametrize(("link", "packet"), LINKS.values(), ids=LINKS)
def test_links(link: int, packet: bytes) -> None:
    outcome = read(packet, link=link)
    assert ends(outcome) == [(CLIENT, 4000, SERVER, 5000, "udp", len(INNER))]
    assert not outcome.rejects


@pytest.mark.parametrize("packet", TUNNELS.values(), ids=TUNNELS)
def test_in_a_tunnel_the_inner_packet_counts(packet: bytes) -> None:
    outcome = read(packet, link=101)
    assert ends(outcome) == [(CLIENT, 4000, SERVER, 5000, "udp", len(INNER))]


@pytest.mark.parametrize("before", [b"", bytes(8), b"\0\1\0\0" + bytes(9), b"\0\1\2\3ababc" + bytes(9) + bytes(8)])
def test_teredo(before: bytes) -> None:
    outcome = read(ip(*OUTER, 17, udp(50_000, 3544, before + INNER6)), link=101)
    assert ends(outcome) == [("2001:db8::1", 4000, "2001:db8::2", 5000, "udp", len(INNER6))]


@pytest.mark.parametrize(
    ("port", "payload"),
    [(4789, b"no tunnel" * 9), (6081, b"\xff" * 60), (2152, b"\x32\x01" + bytes(60)), (3544, b"\x45" * 60)],
)
def test_what_only_has_the_port_of_a_tunnel_is_udp(port: int, payload: bytes) -> None:
    outcome = read(ip(*OUTER, 17, udp(50_000, port, payload)), link=101)
    assert ends(outcome) == [(OUTER[0], 50_000, OUTER[1], port, "udp", 28 + len(payload))]
    assert not outcome.rejects


def test_a_tunnel_whose_inside_is_damaged_counts_itself() -> None:
    outcome = read(ip(*OUTER, 4, b"\x4f" + bytes(30)), ip(*OUTER, 47, b"\0\0\x08\0"), link=101)
    assert [row["protocol"] for row in outcome.rows] == ["4", "47"]
    assert not outcome.rejects


def test_extension_headers_stand_before_what_is_carried() -> None:
    options = bytes([43, 0]) + bytes(6)
    routing = bytes([60, 1]) + bytes(14)
    last = bytes([17, 0]) + bytes(6)
    packet = ip("2001:db8::1", "2001:db8::2", 0, options + routing + last + udp(4000, 5000, b""))
    assert ends(read(packet, link=101)) == [("2001:db8::1", 4000, "2001:db8::2", 5000, "udp", len(packet))]


def test_authentication_stands_before_what_is_carried() -> None:
    packet = ip(CLIENT, SERVER, 51, bytes([17, 4]) + bytes(22) + udp(4000, 5000, b""))
    assert ends(read(packet, link=101)) == [(CLIENT, 4000, SERVER, 5000, "udp", len(packet))]


def test_protocols_without_ports_have_none() -> None:
    outcome = read(ip(CLIENT, SERVER, 50, bytes(40)), ip(CLIENT, SERVER, 2, bytes(8)), link=101)
    assert ends(outcome) == [(CLIENT, None, SERVER, None, "50", 60), (CLIENT, None, SERVER, None, "2", 28)]
    assert [row["state"] for row in outcome.rows] == [None, None]


def test_a_packet_that_has_no_length_yet_counts_the_frame() -> None:
    packet = bytearray(INNER)
    packet[2:4] = bytes(2)
    assert ends(read(ethernet(bytes(packet))))[0][5] == len(INNER)


def test_addresses_are_written_as_the_vocabulary_has_them() -> None:
    mapped = ip("::ffff:192.0.2.1", "2001:db8:0:0:1::", 17, udp(1, 2, b""))
    assert ends(read(mapped, link=101))[0][:3:2] == ("192.0.2.1", "2001:db8:0:0:1::")


def fragment(offset: int, more: bool, payload: bytes, number: int = 7) -> bytes:
    return ip(CLIENT, SERVER, 17, payload, identification=number, fragment=more << 13 | offset)


def test_later_fragments_count_to_the_ports_of_the_first() -> None:
    first, later = fragment(0, True, udp(4000, 5000, bytes(16))), fragment(3, False, bytes(100))
    assert ends(read(first, later, link=101)) == [(CLIENT, 4000, SERVER, 5000, "udp", len(first) + len(later))]


def test_a_fragment_whose_first_was_not_seen_has_no_ports() -> None:
    first, later = fragment(0, True, udp(4000, 5000, bytes(16))), fragment(3, False, bytes(100), number=8)
    assert sorted(ends(read(first, later, link=101)), key=str) == [
        (CLIENT, 4000, SERVER, 5000, "udp", len(first)),
        (CLIENT, None, SERVER, None, "udp", len(later)),
    ]


def test_fragments_of_ipv6() -> None:
    def part(offset: int, payload: bytes) -> bytes:
        header = struct.pack(">BBHI", 17, 0, offset << 3 | (offset == 0), 99)
        return ip("2001:db8::1", "2001:db8::2", 44, header + payload)

    first, later = part(0, udp(4000, 5000, bytes(16))), part(3, b"\x3c" * 30)
    size = len(first) + len(later)
    assert ends(read(first, later, link=101)) == [("2001:db8::1", 4000, "2001:db8::2", 5000, "udp", size)]


def test_what_is_not_ip_is_left_out() -> None:
    outcome = read(ethernet(bytes(28), 0x0806), ethernet(bytes(60), 0x88CC), MAC + bytes([0, 38]) + bytes(38))
    assert (outcome.rows, outcome.rejects) == ([], [])


@pytest.mark.parametrize(
    ("link", "packet", "reason"),
    [
        (1, ethernet(INNER)[:13], "it is cut off in its Ethernet header"),
        (1, MAC + bytes.fromhex("810000"), "it is cut off in its VLAN header"),
        (1, ethernet(INNER[:19]), "it is cut off in its IPv4 header"),
        (1, ethernet(INNER6[:39], 0x86DD), "it is cut off in its IPv6 header"),
        (1, ethernet(b"\x65" + INNER[1:]), "its IPv4 header makes no sense"),
        (1, ethernet(b"\x41" + INNER[1:]), "its IPv4 header makes no sense"),
        (1, ethernet(b"\x4f" + LONG[1:50]), "it is cut off in its IPv4 header"),
        (1, ethernet(LONG, 0x86DD), "its IPv6 header makes no sense"),
        (1, ethernet(INNER[:23]), "it is cut off before its ports"),
        (1, ethernet(mpls(1, False) * 40, 0x8847), "it has more than 32 layers"),
        (101, b"\x75" + INNER[1:], "it is neither IPv4 nor IPv6"),
        (127, INNER, "its kind of link is not known: 127"),
        (1, b"", "it is cut off in its Ethernet header"),
    ],
)
def test_damage_is_named_with_the_number_of_the_packet(link: int, packet: bytes, reason: str) -> None:
    outcome = read(packet, ethernet(INNER) if link == 1 else INNER, link=link)
    assert outcome.reasons[1] == reason
    assert len(outcome.rows) == (link != 127)


def test_a_short_snapshot_counts_what_was_on_the_wire() -> None:
    assert ends(read(ethernet(LONG), snap=42)) == [(CLIENT, 4000, SERVER, 5000, "udp", len(LONG))]


def test_layers_stay_within_bounds_of_the_piece() -> None:
    """Each prefix of each packet is kept or rejected, wherever it ends."""
    packets = [
        *(packet for link, packet in LINKS.values() if link == 1),
        *(ethernet(tunnel) for tunnel in TUNNELS.values()),
    ]
    cut = [packet[:end] for packet in packets for end in range(len(packet))]
    outcome = read(*cut)
    counted = sum(row["initiator_packets"] + row["responder_packets"] for row in outcome.rows)
    assert counted + len(outcome.rejects) <= len(cut)
    assert all(reject.reason.startswith(("it is cut off", "its IPv")) for reject in outcome.rejects)
