"""Content cut into lines."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.telemetry import CutOff, Lines, Reject, blocks
from tocsin.telemetry._blocks import LONGEST_LINE


@given(st.lists(st.binary(max_size=40).map(lambda data: data.replace(b"x", b"\n"))))
def test_lines_and_their_numbers_do_not_depend_on_the_pieces(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    got = [pair for lines in blocks(pieces) if isinstance(lines, Lines) for pair in lines.numbered()]
    expected = data.removesuffix(b"\n").split(b"\n") if data else []
    assert got == [(number, line.removesuffix(b"\r")) for number, line in enumerate(expected, 1)]


@pytest.mark.parametrize("size", [1 << 16, 1 << 19, 1 << 22, 1 << 25])
def test_a_line_that_is_too_long_is_rejected_and_the_others_kept(size: int) -> None:
    data = b"one\n" + b"x" * (LONGEST_LINE + 1) + b"\nthree\n" + b"y" * LONGEST_LINE + b"\n" + b"z" * (3 * LONGEST_LINE)
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    parts = list(blocks(pieces))
    kept = [pair for part in parts if isinstance(part, Lines) for pair in part.numbered() if pair[1]]
    assert kept == [(1, b"one"), (3, b"three"), (4, b"y" * LONGEST_LINE)]
    assert [(part.line, part.text[0]) for part in parts if isinstance(part, Reject)] == [(2, "x"), (5, "z")]
    assert all(len(part.text) <= 200 for part in parts if isinstance(part, Reject))


def test_the_line_that_the_end_cuts_through_is_not_trusted() -> None:
    def content() -> Iterator[bytes]:
        yield b"one\ntwo\nthr"
        raise CutOff("its end is missing")

    parts = blocks(content())
    assert next(parts) == Lines(b"one\ntwo\n", range(1, 3))
    assert next(parts) == Reject(3, "the file is cut off in this line", "thr")
    with pytest.raises(CutOff):
        next(parts)
