"""What the name of a file says and its content does not."""

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from tocsin.telemetry._batches import still_open
from tocsin.telemetry._rows import Batch, Reject

# As Zeek names logs of connections that are still open; rotation puts times between name and ending.
_OPEN = re.compile(r"open_(?:conn|ssl|http)\..*log\b")


def named(path: str, parts: Iterable[Batch | Reject]) -> Iterator[Batch | Reject]:
    """What a reader gives for the file ``path``: of exchanges that are still open when its name says so."""
    is_open = _OPEN.match(PurePath(path).name) is not None
    for part in parts:
        yield still_open(part) if is_open and isinstance(part, Batch) else part
