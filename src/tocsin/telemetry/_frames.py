"""Frame Streams: how dnstap lies in a file.

A length of four bytes, then as many bytes; length 0 begins a control frame. The first frame says what the others
hold, the last that nothing is missing.
"""

from collections.abc import Iterable, Iterator

from tocsin.telemetry._rows import CutOff, Reject, rejected

DNSTAP = b"protobuf:dnstap.Dnstap"
# A DNS message has at most 64 KiB; a frame may have a question and its answer.
LONGEST_FRAME = 1 << 18
_START, _STOP = 2, 3
_CONTROL = b"\0\0\0\0"


def is_dnstap(head: bytes) -> bool:
    """Whether a file begins with the frame that says that dnstap follows."""
    length = int.from_bytes(head[4:8], "big")
    return head.startswith(_CONTROL) and head[8:12] == b"\0\0\0\x02" and DNSTAP in head[8 : 8 + min(length, 512)]


def frames(content: Iterable[bytes]) -> Iterator[tuple[int, bytes] | Reject]:
    """Frames of data with their numbers, from 1. Files put together are read as one.

    Raises CutOff when the last frame is not there, after a frame that is cut through was rejected, and when a length
    makes no sense, for then nobody knows where the next frame begins.
    """
    number, rest = 1, b""
    for piece in content:
        rest += piece
        at = 0
        while (end := _end(rest, at)) is not None and end <= len(rest):
            if rest[at : at + 4] != _CONTROL:
                yield number, rest[at + 4 : end]
                number += 1
            at = end
        rest = rest[at:]
        if len(rest) > LONGEST_FRAME + 8 or _length(rest) > LONGEST_FRAME:
            yield rejected(number, "its length makes no sense, so that what follows it cannot be read", rest[:4])
            raise CutOff("it is damaged in the middle, and what follows cannot be read")
    if rest:
        yield rejected(number, "the file is cut off in this frame", rest)
        raise CutOff("its end is missing")


def _length(data: bytes) -> int:
    """Length of the frame that begins ``data``; a control frame has its own after the 0."""
    length = int.from_bytes(data[:4], "big")
    return length or int.from_bytes(data[4:8], "big")


def _end(data: bytes, at: int) -> int | None:
    """Where the frame ends that begins there; None when it is not all there, or has no length that makes sense."""
    head = data[at : at + 8]
    length = _length(head)
    if len(head) < 4 or length > LONGEST_FRAME or (head[:4] == _CONTROL and len(head) < 8):
        return None
    return at + length + (8 if head[:4] == _CONTROL else 4)
