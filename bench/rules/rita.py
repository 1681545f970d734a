"""The beacon score of RITA v5, reimplemented from what its source documents (activecm/rita, analysis/beacons.go).

A pair of hosts with 23 connections or more gets four scores from 0 to 1, each a quarter of the whole: how symmetric and
narrow the distribution of intervals is (Bowley skewness, median absolute deviation), the same of the bytes that were
sent, how flat the histogram of the day is, and how long it goes on. Pairs are reported from 0.8 on.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

CONNECTIONS_MIN = 23
SCORE_MIN = 0.8
BINS = 24
MODE_SENSITIVITY = 0.05
BIMODAL_HOURS_MIN, OUTLIERS_REMOVED = 11, 1
DURATION_HOURS_MIN, CONSISTENT_HOURS = 6, 12

Numbers = npt.NDArray[np.float64]


def accuse(flows: pa.Table) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Host, behaviour and peer of each pair that is reported. ``flows`` go from local hosts to outside ones."""
    seconds = flows["time"].cast(pa.int64()).to_numpy() // 1_000_000
    begin, end = int(seconds.min()), int(seconds.max())
    if end <= begin:
        return
    sent = flows["initiator_bytes"].fill_null(pa.scalar(0)).to_numpy().astype(float)
    for (host, peer), rows in _pairs(flows).items():
        times = np.sort(seconds[rows]).astype(float)
        if len(rows) >= CONNECTIONS_MIN and score(times, sent[rows], begin, end) >= SCORE_MIN:
            yield host, "c2_beacon", {"address": peer, "port": None}


def score(times: Numbers, sent: Numbers, begin: float, end: float) -> float:
    """The score of one pair, 0 to 1."""
    gaps = np.diff(times)
    gaps = np.sort(gaps[gaps > 0])
    if len(gaps) < 3:
        return 0.0
    hours, _ = np.histogram(times, bins=np.linspace(begin, end, BINS + 1))
    parts = (_narrow(gaps, 1.0), _narrow(np.sort(sent), 0.0), _lasting(times, hours, begin, end), _flat(hours))
    return round(sum(parts) / len(parts), 3)


def _narrow(values: Numbers, unmeasured: float) -> float:
    lower, median, upper = np.quantile(values, (0.25, 0.5, 0.75))
    skewed = upper - lower >= 10 and median not in (lower, upper)
    skew = (lower + upper - 2 * median) / (upper - lower) if skewed else 0.0
    deviation = float(np.median(np.abs(values - median)))
    narrow = max(0.0, (median - deviation) / median) if median >= 1 else unmeasured
    return float((1 - abs(skew) + narrow) / 2)


def _flat(hours: npt.NDArray[np.int64]) -> float:
    varied = float(hours.std() / hours.mean())
    return max(0.0, 1 - varied, _bimodal(hours[hours > 0]))


def _bimodal(bars: npt.NDArray[np.int64]) -> float:
    if len(bars) < BIMODAL_HOURS_MIN:
        return 0.0
    width = np.ceil(bars.max() * MODE_SENSITIVITY)
    _, modes = np.unique(np.floor(bars / width), return_counts=True)
    return min(1.0, float(np.sort(modes)[-2:].sum()) / max(len(bars) - OUTLIERS_REMOVED, 1))


def _lasting(times: Numbers, hours: npt.NDArray[np.int64], begin: float, end: float) -> float:
    if (hours > 0).sum() < DURATION_HOURS_MIN:
        return 0.0
    covered = (times[-1] - times[0]) / (end - begin)
    return float(min(1.0, max(covered, _longest_run(hours) / CONSISTENT_HOURS)))


def _longest_run(hours: npt.NDArray[np.int64]) -> int:
    longest = run = 0
    for count in [*hours, *hours]:
        run = run + 1 if count else 0
        longest = max(longest, run)
    return min(longest, len(hours))


def _pairs(flows: pa.Table) -> dict[tuple[str, str], list[int]]:
    pairs: dict[tuple[str, str], list[int]] = {}
    ends = zip(flows["initiator"].to_pylist(), flows["responder"].to_pylist(), strict=True)
    for row, (host, peer) in enumerate(ends):
        pairs.setdefault((str(host), str(peer)), []).append(row)
    return pairs
