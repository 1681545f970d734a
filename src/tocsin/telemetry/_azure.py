"""The records of Azure's flow logs: an array in one document, or one object a line, each with tuples of flows in it."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tocsin.errors import Unreadable
from tocsin.telemetry._rows import CutOff, Reject, rejected

# A record holds the tuples of one minute of one network interface; the largest have some megabytes.
LARGEST_RECORD = 128 << 20
_ARRAY = re.compile(r'\s*\{\s*"records"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,\]}]*")
_DECODER = json.JSONDecoder(strict=False)

Record = Mapping[str, Any]


def azure_records(content: Iterable[bytes]) -> Iterator[tuple[int, Record] | Reject]:
    """Records with their numbers, from 1, and what is none.

    Raises CutOff as ``content`` does, or when the document ends within a record; Unreadable when a record is larger
    than 128 MiB or what follows one is no JSON.
    """
    held, number, missing = "", 0, None
    for text, last, cut in _decoded(content):
        missing = cut
        held += text
        if number == 0 and (opening := _ARRAY.match(held)):
            held = held[opening.end() :]
        at = 0
        while (found := _record(held, at)) is not None:
            record, at = found
            number += 1
            yield (
                (number, record)
                if isinstance(record, dict)
                else rejected(number, "it is no record", held[:200].encode())
            )
        held = held[at:]
        if len(held) > LARGEST_RECORD:
            raise Unreadable("a record in it is larger than 128 MiB, or what follows one is no JSON")
        if last and held.strip(" \t\r\n,]}"):
            yield rejected(number + 1, "it is cut off or no JSON", held[:200].encode("utf-8", "replace"))
    if missing is not None:
        raise missing


def _decoded(content: Iterable[bytes]) -> Iterator[tuple[str, bool, CutOff | None]]:
    """Text of the pieces, whether it is the last, and why the end is missing."""
    pieces, rest = iter(content), b""
    while True:
        try:
            piece = next(pieces, None)
        except CutOff as end:
            yield rest.decode("utf-8", "replace"), True, end
            return
        if piece is None:
            yield rest.decode("utf-8", "replace"), True, None
            return
        # A character may lie on both sides of the cut; it has at most four bytes.
        data = rest + piece
        split = len(data) - next((back for back in range(1, 4) if data[-back:][:1] >= b"\xc0"), 0)
        yield data[:split].decode("utf-8", "replace").removeprefix("\ufeff"), False, None
        rest = data[split:]


def _record(text: str, at: int) -> tuple[Any, int] | None:
    """The record that begins here or after commas, and where it ends; None when it is not whole."""
    gap = _BETWEEN.match(text, at)
    at = gap.end() if gap else at
    try:
        return _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None
