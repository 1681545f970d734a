"""Layer after layer of many packets at once, until each is known or cannot be."""

from collections.abc import Iterator

import numpy as np

from tocsin.telemetry._packets._frames import Frames
from tocsin.telemetry._packets._internet import INTERNET
from tocsin.telemetry._packets._links import LINKS, Layer
from tocsin.telemetry._packets._packets import DONE, LINK, PROTOCOL, Packets, Rows, packets
from tocsin.telemetry._packets._tunnels import TUNNELS
from tocsin.telemetry._rows import Reject, rejected

_LAYERS: dict[int, Layer] = LINKS | INTERNET | TUNNELS
# A tunnel in a tunnel in VLANs has about ten; more is made to keep a decoder busy.
MOST_LAYERS = 32


def dissect(frames: Frames) -> Packets:
    """Read the headers of packets down to what the innermost IP header carries."""
    found = packets(frames)
    rows = np.arange(len(frames.at))
    for _ in range(MOST_LAYERS):
        if not len(rows):
            break
        kinds = found.kind[rows]
        for kind in np.unique(kinds).tolist():
            _layer(found, rows[kinds == kind], kind)
        rows = rows[found.kind[rows] != DONE]
    found.refuse(rows, f"it has more than {MOST_LAYERS} layers")
    return found


def rejects(found: Packets) -> Iterator[Reject]:
    """The packets that could not be read."""
    frames = found.frames
    for row, reason in sorted(found.flaws.items()):
        begin = int(frames.at[row])
        yield rejected(int(frames.number[row]), reason, frames.data[begin : min(int(frames.end[row]), begin + 200)])


def _layer(found: Packets, rows: Rows, kind: int) -> None:
    layer = _LAYERS.get(kind)
    if layer is not None:
        layer(found, rows)
    elif LINK <= kind < PROTOCOL:
        found.refuse(rows, f"its kind of link is not known: {kind - LINK}")
    else:
        # Either a protocol of IP, and all is known; or what is no IP, such as ARP.
        found.kind[rows] = DONE
