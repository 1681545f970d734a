"""Captures in blocks."""

import struct

import pytest

from tests.telemetry.captures import START, asked, block, enhanced, interface, option, question, section
from tocsin.telemetry import CutOff, Reject
from tocsin.telemetry._packets._frames import Frames
from tocsin.telemetry._packets._pcapng import pcapng_frames

PACKET = asked(question(1, "example.org"))
MICROSECONDS = round(START * 1_000_000)


def read(data: bytes, size: int | None = None) -> tuple[list[tuple[int, int, int]], list[Reject], str | None]:
    """Time, kind of link and number of each packet."""
    pieces = [data[at : at + size] for at in range(0, len(data), size)] if size else [data]
    found: list[tuple[int, int, int]] = []
    rejects: list[Reject] = []
    try:
        for part in pcapng_frames(pieces):
            if isinstance(part, Frames):
                assert all(part.data[at:end] == PACKET for at, end in zip(part.at, part.end, strict=True))
                columns = (part.time.tolist(), part.link.tolist(), part.number.tolist())
                found += zip(*columns, strict=True)
            else:
                rejects.append(part)
    except CutOff as end:
        return found, rejects, str(end)
    return found, rejects, None


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("size", [None, 5, 64])
def test_packets_of_either_byte_order(order: str, size: int | None) -> None:
    data = section(order) + interface(order=order) + enhanced(PACKET, MICROSECONDS, order=order) * 3
    assert read(data, size) == ([(MICROSECONDS, 1, number) for number in (1, 2, 3)], [], None)


def test_each_interface_has_its_link_and_its_clock() -> None:
    nanoseconds = option(9, b"\x09") + option(0, b"")
    halves, shifted = option(9, b"\x8a"), option(14, struct.pack("<q", 1_000_000_000))
    interfaces = interface(1, nanoseconds) + interface(101, halves) + interface(113, shifted)
    packets = (
        enhanced(PACKET, MICROSECONDS * 1000 + 999, 0)
        + enhanced(PACKET, 3 << 9, 1)
        + enhanced(PACKET, MICROSECONDS - 10**15, 2)
    )
    found, rejects, note = read(section() + interfaces + packets)
    assert found == [(MICROSECONDS, 1, 1), (1_500_000, 101, 2), (MICROSECONDS, 113, 3)]
    assert (rejects, note) == ([], None)


def test_a_section_describes_its_own_interfaces() -> None:
    data = section() + interface() + enhanced(PACKET, 1) + section(">") + enhanced(PACKET, 2, order=">")
    found, (reject,), note = read(data)
    assert (found, note) == ([(1, 1, 1)], None)
    assert (reject.line, reject.reason) == (2, "it is of interface 0, which is not described")


def test_other_blocks_are_passed_over_and_old_packets_read() -> None:
    old = struct.pack("<HHIIII", 0, 0, 0, 7, len(PACKET), len(PACKET)) + PACKET
    data = section() + block(4, b"names") + interface() + block(0x80000BAD, bytes(40)) + block(2, old)
    assert read(data) == ([(7, 1, 1)], [], None)


@pytest.mark.parametrize(
    ("packet", "reason"),
    [
        (block(3, struct.pack("<I", len(PACKET)) + PACKET), "it has no time"),
        (enhanced(PACKET, 1, 9), "it is of interface 9, which is not described"),
        (block(6, struct.pack("<IIIII", 0, 0, 1, 500, 500) + PACKET), "its length makes no sense"),
        (block(6, bytes(8)), "its block is too short"),
        (enhanced(PACKET, 1 << 63), "its time is none"),
        (enhanced(PACKET, 1 << 60), "its time is none"),
    ],
)
def test_a_packet_that_is_wrong_spoils_no_other(packet: bytes, reason: str) -> None:
    found, (reject,), note = read(section() + interface() + packet + enhanced(PACKET, 5))
    assert (reject.line, reject.reason) == (1, reason)
    assert (found, note) == ([(5, 1, 2)], None)


@pytest.mark.parametrize(
    ("damaged", "reason"),
    [
        (struct.pack("<II", 6, 13) + bytes(8), "its block has a length that makes no sense"),
        (struct.pack("<II", 6, 1 << 30) + bytes(8), "its block has a length that makes no sense"),
        (block(5, b"")[:-4] + struct.pack("<I", 99), "its block ends with another length than it begins with"),
        (struct.pack("<III", 0x0A0D0D0A, 28, 7), "its block begins no section"),
        (block(1, b"xx"), "its block of an interface is too short"),
    ],
)
def test_behind_a_damaged_block_nothing_is_looked_for(damaged: bytes, reason: str) -> None:
    found, (reject,), note = read(section() + interface() + enhanced(PACKET, 5) + damaged + enhanced(PACKET, 6))
    assert found == [(5, 1, 1)]
    assert (reject.line, reject.reason) == (2, reason)
    assert note == "packet 2 is damaged, and nothing behind it can be found"


def test_a_capture_that_is_cut_off_gives_what_is_there() -> None:
    found, (reject,), note = read((section() + interface() + enhanced(PACKET, 5) * 2)[:-9])
    assert found == [(5, 1, 1)]
    assert (reject.line, reject.reason, note) == (2, "the capture is cut off in this packet", "its end is missing")
