"""Datagrams in captures."""

import struct
from collections.abc import Callable

import pytest

from tests.telemetry.exporter import netflow_v5, pcap, pcapng, record, udp
from tocsin.telemetry._netflow.captures import Datagram, datagrams, holds_exports, is_capture

Write = Callable[..., bytes]

PAYLOAD = netflow_v5([record()])
FRAME = udp(PAYLOAD)
PACKET = FRAME[14:]
FOUND = Datagram(bytes([203, 0, 113, 1]), PAYLOAD)


@pytest.mark.parametrize(
    ("link", "frame"),
    [
        (1, FRAME),
        (1, bytes(12) + b"\x81\x00\x00\x05" + FRAME[12:]),
        (1, bytes(12) + b"\x88\xa8\x00\x05\x81\x00\x00\x06" + FRAME[12:]),
        (0, b"\x02\x00\x00\x00" + PACKET),
        (101, PACKET),
        (113, bytes(14) + b"\x08\x00" + PACKET),
        (276, b"\x08\x00" + bytes(18) + PACKET),
    ],
)
@pytest.mark.parametrize("write", [pcap, pcapng])
def test_link_layers(write: Write, link: int, frame: bytes) -> None:
    assert list(datagrams([write([frame], link=link)])) == [FOUND]


def test_pieces_of_any_size_give_the_same() -> None:
    for data in (pcap([FRAME] * 3), pcapng([FRAME] * 3, ">")):
        assert list(datagrams([data[at : at + 5] for at in range(0, len(data), 5)])) == [FOUND] * 3


def test_frames_of_other_kinds_are_no_datagrams() -> None:
    tcp = FRAME[:23] + b"\x06" + FRAME[24:]
    arp = bytes(12) + b"\x08\x06" + bytes(28)
    assert [bool(found.payload) for found in datagrams([pcap([tcp, arp, b"", FRAME])])] == [False, False, False, True]


def test_a_frame_that_is_cut_off_is_left_out() -> None:
    assert list(datagrams([pcap([FRAME, FRAME])[:-1]])) == [FOUND]
    assert list(datagrams([pcapng([FRAME, FRAME])[:-1]])) == [FOUND]


def test_simple_packets_and_unknown_blocks() -> None:
    head = pcapng([])
    content = struct.pack("<I", len(FRAME)) + FRAME + bytes(-len(FRAME) % 4)
    size = struct.pack("<I", len(content) + 12)
    simple = struct.pack("<I", 3) + size + content + size
    unknown = struct.pack("<III", 0x0BAD, 12, 12)
    assert list(datagrams([head + unknown + simple])) == [FOUND]


def test_half_of_the_frames_make_it_a_capture_of_exports() -> None:
    other = udp(b"something else")
    assert is_capture(pcap([])) and is_capture(pcapng([]))
    assert holds_exports(pcap([FRAME, other]))
    assert not holds_exports(pcap([FRAME, other, other]))
    assert not holds_exports(b"")
