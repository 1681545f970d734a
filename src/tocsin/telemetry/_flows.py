"""What all readers of flows share: counts are scaled up where the source was sampled, and say who saw them."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tocsin.records import Flow, arrow_schema
from tocsin.telemetry._columns import replaced
from tocsin.telemetry._rows import Batch
from tocsin.telemetry._values import LARGEST, MICROSECONDS, integer

COUNTS = ("initiator_packets", "initiator_bytes", "responder_packets", "responder_bytes")
# Later stages add up many flows; neither these nor their sums come near the end of 64 bits.
LARGEST_COUNT = 1 << 40
# The largest rate that devices can be set to, about; what is above is no rate.
LARGEST_RATE = 1 << 24
LONGEST_US = 31 * 86_400 * MICROSECONDS

count = integer(0, LARGEST)


def largest_count(sampling: int) -> int:
    """The largest count that a source may have, so that it is at most 2^40 when it is scaled up."""
    return LARGEST_COUNT // sampling


def largest_counts(sampling: "NDArray[np.int64]") -> "NDArray[np.int64]":
    """As ``largest_count``, for each row's own rate."""
    return LARGEST_COUNT // sampling


def flow_batch(rows: pa.Table, sensor: str, sampling: int) -> Batch:
    """Flows of a sensor, their counts multiplied by the sampling rate. Columns that the record lacks are left away.

    A source that states its rate has a column ``sampling``, null where it is silent; ``sampling`` holds there. One
    whose counts were scaled up already has a column ``factor`` too, which they are multiplied with in the rate's place.
    """
    rows = rows.append_column("sensor", pa.repeat(sensor, rows.num_rows))
    if "sampling" in rows.column_names:
        rates: Any = pc.coalesce(rows["sampling"], pa.scalar(sampling))
        rows = replaced(rows, "sampling", rates)
        rows = _scaled(rows, rows["factor"] if "factor" in rows.column_names else rows["sampling"])
    else:
        rows = rows.append_column("sampling", pa.repeat(sampling, rows.num_rows))
        if sampling > 1:
            rows = _scaled(rows, pa.scalar(sampling))
    return Batch(Flow, rows.select(arrow_schema(Flow).names))


def _scaled(rows: pa.Table, factor: "pa.ChunkedArray[Any] | pa.Scalar[Any]") -> pa.Table:
    for name in COUNTS:
        scaled: Any = pc.multiply(rows[name], factor)
        rows = replaced(rows, name, scaled)
    return rows
