"""How far content was read: a length, a digest, and what is needed to go on from there."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Self

from tocsin.telemetry._blocks import LONGEST_LINE
from tocsin.telemetry._header import Header, no_header
from tocsin.telemetry._rows import CutOff

# Contents that agree in their first 64 KiB are compared whole.
HEAD = 1 << 16


@dataclass(slots=True)
class Gauge:
    """Content up to a place: its length in bytes, its lines, its digest, and the header lines that hold there."""

    follow: Header = no_header
    length: int = 0
    lines: int = 0
    header: bytes = b""
    beginning: bytes = b""
    state: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def add(self, piece: bytes) -> None:
        """Go on over a piece of the content."""
        self.state.update(piece)
        self.length += len(piece)
        self.lines += piece.count(b"\n")
        self.header = self.follow(self.header, piece)
        if len(self.beginning) < HEAD:
            self.beginning += piece[: HEAD - len(self.beginning)]

    def copy(self) -> Self:
        """The same place; what is added to one moves the other not."""
        return replace(self, state=self.state.copy())

    @property
    def digest(self) -> str:
        """SHA-256 of the content up to here, hex."""
        return self.state.hexdigest()

    @property
    def head(self) -> str:
        """The key by which content that begins alike is found."""
        length = len(self.beginning)
        return _key(self.beginning, 1 << length.bit_length() - 1 if length else 0)


def heads(beginning: bytes) -> list[str]:
    """Keys of everything that content with this beginning may go on from, the longest last.

    A key names the first bytes, as many as the largest power of two that fits. So whoever looks for what is known of
    some content needs 17 keys and not the lengths of all that was ever read.

    >>> [key.partition(":")[0] for key in heads(b"abcdef")]
    ['0', '1', '2', '4']
    """
    lengths = [0, *(1 << power for power in range(HEAD.bit_length()) if 1 << power <= len(beginning))]
    return [_key(beginning, length) for length in lengths]


def _key(beginning: bytes, length: int) -> str:
    return f"{length}:{hashlib.sha256(beginning[:length]).hexdigest()}"


def measured(pieces: Iterable[bytes], gauge: Gauge) -> Iterator[bytes]:
    """The same pieces; the gauge goes over each before it is given."""
    for piece in pieces:
        gauge.add(piece)
        yield piece


@dataclass(slots=True)
class Tail:
    """What stands behind the last whole line, and whether the content itself goes on behind it (``cut``)."""

    rest: bytes = b""
    cut: str | None = None


def whole_lines(pieces: Iterable[bytes], tail: Tail) -> Iterator[bytes]:
    """Pieces cut at the ends of lines; what follows the last end of a line is left in ``tail``.

    CutOff ends the content: it is noted in ``tail`` and rises no further. A line over 1 MiB, which no reader takes, is
    given in pieces.
    """
    try:
        for piece in pieces:
            data = tail.rest + piece if tail.rest else piece
            end = data.rfind(b"\n") + 1
            if not end and len(data) > LONGEST_LINE:
                end = len(data)
            tail.rest = data[end:]
            if end:
                yield data[:end]
    except CutOff as missing:
        tail.cut = str(missing)
