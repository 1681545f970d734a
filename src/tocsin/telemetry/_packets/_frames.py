"""Frames: packets as they lie in a piece of a capture file, as columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tocsin.telemetry._rows import Reject, rejected

Integers = NDArray[np.int64]

# Longer ones no program captures: libpcap's own bound.
LONGEST_FRAME = 262_144
# So many zeros follow the data that a header may be read at any place before it is asked whether it is whole.
PADDING = 256
# Up to the end of the year 9999, the last that a date can name, in microseconds.
_LAST_US = 253_402_300_799_999_999


@dataclass(frozen=True, slots=True)
class Frames:
    """Packets of one piece of a capture.

    Attributes:
        data: the piece and PADDING zeros
        at: where in it each begins
        end: where in it what was captured of it ends
        length: its length on the wire, bytes
        time: when it was captured, microseconds since 1970
        link: kind of link that it was captured on, in libpcap's numbers
        number: its number in the file, from 1
    """

    data: bytes
    at: Integers
    end: Integers
    length: Integers
    time: Integers
    link: Integers
    number: Integers


def frames(data: bytes, columns: Sequence[Integers]) -> Iterator[Frames | Reject]:
    """The frames of a piece, and a reject for each whose time is none. ``columns``: as in Frames, from ``at`` on."""
    at, end, _, time, _, number = columns
    wrong = (time < 0) | (time > _LAST_US)
    for row in np.flatnonzero(wrong):
        yield rejected(int(number[row]), "its time is none", data[at[row] : end[row]])
    kept = [column[~wrong] for column in columns] if wrong.any() else columns
    yield Frames(data + bytes(PADDING), *kept)
