"""One direction of a connection, put in order."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.telemetry._packets._streams import LONGEST, UNTIL_CLOSED, Stream

FIRST = (1 << 32) - 5


def sent(stream: Stream, at: int, data: bytes) -> None:
    stream.take((FIRST + at) % (1 << 32), data, len(data))


@pytest.mark.parametrize("order", list(permutations(range(1, 4))))
def test_segments_are_put_in_order_across_the_end_of_the_numbers(order: tuple[int, ...]) -> None:
    stream = Stream()
    for place in (0, *order):
        sent(stream, place * 3, b"abcdefghijkl"[place * 3 : place * 3 + 3])
    assert (bytes(stream.data), stream.broken) == (b"abcdefghijkl", False)


def test_what_was_sent_before_counts_once() -> None:
    stream = Stream()
    for at, data in ((0, b"abcd"), (0, b"abcd"), (2, b"cdef"), (1, b"bc")):
        sent(stream, at, data)
    assert bytes(stream.data) == b"abcdef"


def test_bytes_that_nobody_wants_may_be_missing() -> None:
    stream = Stream()
    sent(stream, 0, b"head")
    stream.pass_over(100)
    assert (stream.skip, stream.passed) == (96, 4)
    sent(stream, 60, b"x" * 44)
    assert (bytes(stream.data), stream.skip, stream.passed) == (b"xxxx", 0, 100)


def test_segments_that_nobody_wants_are_done_with_quickly() -> None:
    stream = Stream()
    sent(stream, 0, b"")
    stream.pass_over(10)
    assert stream.passes(FIRST, 6)
    assert not stream.passes((FIRST + 6) % (1 << 32), 4), "the last of them"
    assert not stream.passes(FIRST, 1), "one that was sent before"
    stream.pass_over(UNTIL_CLOSED)
    assert stream.passes((FIRST + 6) % (1 << 32), 1 << 20)


def test_a_gap_is_waited_for_only_so_long() -> None:
    stream = Stream()
    sent(stream, 0, b"a")
    for place in range(100):
        sent(stream, 10 + place * 2, b"bc")
    assert (bytes(stream.data), stream.broken) == (b"a", True)


def test_no_more_is_held_than_somebody_will_read() -> None:
    stream = Stream()
    for place in range(100):
        sent(stream, place * 1400, bytes(1400))
    assert stream.broken
    late = Stream()
    sent(late, 0, b"a")
    for place in range(30):
        sent(late, 100_000 + place * 60_000, bytes(60_000))
    assert late.held() < LONGEST + 60_001


def test_what_a_short_snapshot_lacks_is_missing() -> None:
    stream = Stream()
    stream.take(0, b"abc", 10)
    assert (bytes(stream.data), stream.broken) == (b"abc", True)


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=40), st.integers(0, 200))
def test_what_is_read_is_what_was_sent(segments: list[tuple[int, int]], skip: int) -> None:
    data = bytes(place % 251 for place in range(600))
    stream = Stream()
    sent(stream, 0, b"")
    stream.pass_over(skip)
    for at, length in segments:
        sent(stream, at, data[at : at + length])
    assert bytes(stream.data) == data[stream.passed : stream.passed + len(stream.data)] or stream.skip
    assert stream.passed <= skip
