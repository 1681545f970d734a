"""Rows whose clock cannot be right: what has not happened yet was not seen."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.telemetry._rows import Batch, Reject, printable

# Zones that were confused are less than a day apart; what is later is a broken clock.
AHEAD = timedelta(days=1)
# No sensor of today has seen anything before; replayed traffic often counts from zero.
RELATIVE_BEFORE = 1980


def without_future(batch: Batch, latest: datetime, before: int) -> Iterator[Batch | Reject]:
    """The rows up to ``latest``, then the others as rejects; these have the number of the row, below zero.

    ``before``: rows that the reader gave before this batch.
    """
    times = batch.rows["time"]
    bound = pa.scalar(latest.replace(tzinfo=None), pa.timestamp("us"))
    late = pc.greater(times, bound)
    if not pc.any(late).as_py():
        yield batch
        return
    yield Batch(batch.record, batch.rows.filter(pc.invert(late)))
    for row in pc.indices_nonzero(late).to_numpy().tolist():
        shown = {name: value for name, value in batch.rows.slice(row, 1).to_pylist()[0].items() if value is not None}
        reason = f"its time, {shown['time']:%Y-%m-%d %H:%M}, is more than a day ahead of the clock here"
        yield Reject(-(before + row + 1), reason, printable(" ".join(f"{n}={v}" for n, v in shown.items())))
