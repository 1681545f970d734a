"""Content cut at the ends of lines, for readers of text."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tocsin.telemetry._rows import CutOff, Reject, rejected

LONGEST_LINE = 1 << 20


@dataclass(frozen=True, slots=True)
class Lines:
    """Whole lines, each with its end (``\\n``), and the number of each in the file, from 1."""

    data: bytes
    numbers: Sequence[int]

    def numbered(self) -> list[tuple[int, bytes]]:
        """The lines one by one, without their ends (``\\n`` or ``\\r\\n``)."""
        lines = self.data.split(b"\n")[:-1]
        return [(number, line.removesuffix(b"\r")) for number, line in zip(self.numbers, lines, strict=True)]


def joined(numbered: Sequence[tuple[int, bytes]]) -> Lines:
    """Lines put together again.

    >>> joined([(3, b"a"), (5, b"b")])
    Lines(data=b'a\\nb\\n', numbers=[3, 5])
    """
    return Lines(b"".join(line + b"\n" for _, line in numbered), [number for number, _ in numbered])


def blocks(content: Iterable[bytes]) -> Iterator[Lines | Reject]:
    """Lines in blocks of about the size of the pieces. Lines over 1 MiB are rejected; a blank one takes their place.

    Raises CutOff as ``content`` does, after the line that it cuts through has been rejected.
    """
    number, rest = 1, b""
    try:
        for piece in content:
            data = rest + piece
            end = data.rfind(b"\n") + 1
            if end:
                count = data.count(b"\n", 0, end)
                yield from _bounded(Lines(data[:end], range(number, number + count)))
                number += count
            rest = data[end:][: LONGEST_LINE + 1]
    except CutOff:
        if rest:
            yield rejected(number, "the file is cut off in this line", rest)
        raise
    if rest:
        yield from _bounded(Lines(rest + b"\n", range(number, number + 1)))


def numbered_lines(content: Iterable[bytes]) -> Iterator[tuple[int, bytes | Reject]]:
    """Lines one by one, without their ends, with their numbers; those that are too long are rejected.

    Raises CutOff as ``content`` does.
    """
    for block in blocks(content):
        if isinstance(block, Reject):
            yield block.line, block
        else:
            yield from block.numbered()


def _bounded(lines: Lines) -> Iterator[Lines | Reject]:
    if _may_hold_long_line(lines.data):
        short = []
        for number, line in lines.numbered():
            if len(line) > LONGEST_LINE:
                yield rejected(number, "the line is longer than 1 MiB", line)
            short.append((number, line if len(line) <= LONGEST_LINE else b""))
        lines = joined(short)
    yield lines


def _may_hold_long_line(data: bytes) -> bool:
    """A line that is too long fills at least one half-size window, in which no line ends."""
    window = LONGEST_LINE // 2
    return any(data.find(b"\n", at, at + window) < 0 for at in range(0, len(data) - window, window))
