"""The beacon rule of flare, reimplemented from what its code says (austin-taylor/flare, analytics/command_control.py).

Of the intervals of a host, a peer and a port, in whole seconds and two at least, those are counted that lie within a
window of two seconds around the most frequent one; 5 percent of more than ten intervals are a beacon.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

OCCURRENCES_MIN = 10
PERCENT_MIN = 5
WINDOW_SECONDS = 2
INTERVAL_MIN_SECONDS = 2


def accuse(flows: pa.Table) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Host, behaviour and peer of each triad that is reported. ``flows`` go from local hosts to outside ones."""
    seconds = flows["time"].cast(pa.int64()).to_numpy() // 1_000_000
    triads: dict[tuple[str, str, int | None], list[int]] = {}
    columns = (flows[name].to_pylist() for name in ("initiator", "responder", "responder_port"))
    for row, triad in enumerate(zip(*columns, strict=True)):
        triads.setdefault(triad, []).append(row)
    for (host, peer, port), rows in triads.items():
        if len(rows) > OCCURRENCES_MIN and is_beacon(np.sort(seconds[rows]).tolist()):
            yield host, "c2_beacon", {"address": peer, "port": port}


def is_beacon(seconds: list[int]) -> bool:
    """Whether moments, in whole seconds and order, are a beacon's."""
    gaps = Counter(after - before for before, after in pairwise(seconds))
    gaps = Counter({gap: count for gap, count in gaps.items() if gap >= INTERVAL_MIN_SECONDS})
    if gaps.total() <= OCCURRENCES_MIN:
        return False
    frequent = gaps.most_common(1)[0][0]
    starts = range(frequent - WINDOW_SECONDS, frequent + 1)
    within = max(sum(gaps[gap] for gap in range(start, start + WINDOW_SECONDS)) for start in starts)
    return within * 100 >= PERCENT_MIN * gaps.total()
