"""What all readers of flows share: counts are scaled up where the source was sampled, and say who saw them."""

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.records import Flow, arrow_schema
from tocsin.telemetry._columns import replaced
from tocsin.telemetry._rows import Batch
from tocsin.telemetry._values import LARGEST, MICROSECONDS, integer

COUNTS = ("initiator_packets", "initiator_bytes", "responder_packets", "responder_bytes")
# Later stages add up many flows; neither these nor their sums come near the end of 64 bits.
LARGEST_COUNT = 1 << 40
LONGEST_US = 31 * 86_400 * MICROSECONDS

count = integer(0, LARGEST)


def largest_count(sampling: int) -> int:
    """The largest count that a source may have, so that it is at most 2^40 when it is scaled up."""
    return LARGEST_COUNT // sampling


def flow_batch(rows: pa.Table, sensor: str, sampling: int) -> Batch:
    """Flows of a sensor, their counts multiplied by the sampling rate. Columns that the record lacks are left away."""
    rows = rows.append_column("sensor", pa.repeat(sensor, rows.num_rows))
    rows = rows.append_column("sampling", pa.repeat(sampling, rows.num_rows))
    if sampling > 1:
        for name in COUNTS:
            rows = replaced(rows, name, pc.multiply(rows[name], pa.scalar(sampling)))
    return Batch(Flow, rows.select(arrow_schema(Flow).names))
