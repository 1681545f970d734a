"""How long something takes, where some of it has not happened yet (Kaplan and Meier, 1958)."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

# Products of fractions miss a level such as one half by a few units in the last place.
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Waiting:
    """Times by which half and nine tenths have ended, the median with its 95 % interval; None where not reached."""

    median: float | None
    low: float | None
    high: float | None
    p90: float | None


def waiting(ended: Sequence[float], lasting: Sequence[float]) -> Waiting:
    """Times of what has ended, and of what was still lasting when it was last seen, to the times by which it ends.

    A share's time is the first at which no more than the rest still lasts. The interval holds the times at which the
    95 % band (Greenwood's variance, log-log scale) has one half in it (Brookmeyer and Crowley, 1982).
    """
    if not ended:
        return Waiting(None, None, None, None)
    lasts = stats.ecdf(stats.CensoredData(uncensored=ended, right=lasting)).sf
    with warnings.catch_warnings():
        # Where all or none last the band is undefined; not a number compares as "not reached".
        warnings.simplefilter("ignore", RuntimeWarning)
        band: Any = lasts.confidence_interval(0.95, method="log-log")  # two curves; the stubs say two numbers
    times = np.asarray(lasts.quantiles, dtype=float)
    return Waiting(
        median=_reached(times, lasts.probabilities, 0.5),
        low=_reached(times, band.low.probabilities, 0.5),
        high=_reached(times, band.high.probabilities, 0.5),
        p90=_reached(times, lasts.probabilities, 0.1),
    )


def _reached(times: npt.NDArray[np.float64], lasting: npt.ArrayLike, level: float) -> float | None:
    """The first time at which no more than ``level`` still lasts."""
    places = np.flatnonzero(np.asarray(lasting) <= level + TOLERANCE)
    return float(times[places[0]]) if len(places) else None
