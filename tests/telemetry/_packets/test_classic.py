"""The classic format of captures."""

import struct

import pytest

from tests.telemetry.captures import START, asked, pcap, question
from tocsin.errors import Unreadable
from tocsin.telemetry import CutOff, Reject
from tocsin.telemetry._packets._classic import classic_frames
from tocsin.telemetry._packets._frames import LONGEST_FRAME, Frames

PACKETS = [(START + place / 4, asked(question(place, "example.org"))) for place in range(5)]
FIRST = round(START * 1_000_000)


def read(data: bytes, size: int | None = None) -> tuple[list[Frames], list[Reject], str | None]:
    pieces = [data[at : at + size] for at in range(0, len(data), size)] if size else [data]
    found: list[Frames] = []
    rejects: list[Reject] = []
    try:
        for part in classic_frames(pieces):
            if isinstance(part, Reject):
                rejects.append(part)
            else:
                found.append(part)
    except CutOff as end:
        return found, rejects, str(end)
    return found, rejects, None


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("units", [1_000_000, 1_000_000_000])
def test_times_lengths_and_bytes(order: str, units: int) -> None:
    (frames,), rejects, note = read(pcap(PACKETS, order=order, units=units))
    assert (rejects, note) == ([], None)
    assert frames.time.tolist() == [FIRST + place * 250_000 for place in range(5)]
    assert frames.number.tolist() == [1, 2, 3, 4, 5]
    for place, (_, packet) in enumerate(PACKETS):
        assert frames.data[frames.at[place] : frames.end[place]] == packet
        assert frames.length[place] == len(packet)


@pytest.mark.parametrize("size", [1, 7, 24, 100])
def test_pieces_of_any_size_give_the_same(size: int) -> None:
    parts, _, note = read(pcap(PACKETS), size)
    packets = [part.data[at:end] for part in parts for at, end in zip(part.at, part.end, strict=True)]
    assert (packets, note) == ([packet for _, packet in PACKETS], None)
    assert [int(number) for part in parts for number in part.number] == [1, 2, 3, 4, 5]


def test_records_with_more_in_their_header() -> None:
    data = pcap(PACKETS[:1])
    modified = struct.pack("<I", 0xA1B2CD34) + data[4:40] + bytes(8) + data[40:]
    (frames,), _, note = read(modified)
    assert (frames.data[frames.at[0] : frames.end[0]], note) == (PACKETS[0][1], None)


def test_a_short_snapshot_keeps_the_length_on_the_wire() -> None:
    (frames,), _, _ = read(pcap(PACKETS, snap=40))
    assert set((frames.end - frames.at).tolist()) == {40}
    assert frames.length.tolist() == [len(packet) for _, packet in PACKETS]


def test_bits_above_the_kind_of_link_are_passed_over() -> None:
    (frames,), _, _ = read(pcap(PACKETS, link=0x50000001 & 0x7FFFFFFF))
    assert set(frames.link.tolist()) == {1}


@pytest.mark.parametrize("missing", [1, 20, len(PACKETS[0][1]) + 15])
def test_a_capture_that_is_cut_off_gives_what_is_there(missing: int) -> None:
    (frames,), (reject,), note = read(pcap(PACKETS)[:-missing])
    assert frames.number.tolist() == [1, 2, 3, 4]
    assert (reject.line, reject.reason) == (5, "the capture is cut off in this packet")
    assert note == "its end is missing"


def test_behind_a_length_that_none_has_nothing_is_looked_for() -> None:
    data = bytearray(pcap(PACKETS))
    second = 24 + 16 + len(PACKETS[0][1])
    data[second + 8 : second + 12] = struct.pack("<I", LONGEST_FRAME + 1)
    (frames,), (reject,), note = read(bytes(data))
    assert frames.number.tolist() == [1]
    assert (reject.line, reject.reason) == (2, "its length makes no sense")
    assert note == "packet 2 is damaged, and nothing behind it can be found"


@pytest.mark.parametrize("size", [0, 4, 23])
def test_without_a_whole_header_it_is_unreadable(size: int) -> None:
    with pytest.raises(Unreadable, match="not whole"):
        read(pcap([])[:size])
