"""Flow logs of Google Cloud's virtual private cloud (VPC), as JSON.

Reads: one log entry a line, as a sink writes it to storage, with the flow in ``jsonPayload``.

Gives: flows. Both directions of an exchange become one row, put together from what the same side reported: the source
where ``reporter`` is ``SRC``, the destination where it is ``DEST``. Where both sides log, an exchange is two rows.

Leaves out: names of machines, networks and places, round-trip times, and every other member. Google looks at a part of
the packets and estimates counts from it, and may keep a part of the records only, neither of which the record says;
``sampling`` is what ``--sampling`` says, and a flow without an answer is never taken for one that got none. TCP flags
are not logged.

Learn more: https://cloud.google.com/vpc/docs/about-flow-logs-records
"""

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.telemetry._blocks import Lines, blocks
from tocsin.telemetry._columns import Field
from tocsin.telemetry._flows import count
from tocsin.telemetry._objects import first_object, member, parse_objects
from tocsin.telemetry._rows import Batch, Reject
from tocsin.telemetry._stitch import stitched
from tocsin.telemetry._uniflow_table import address_fields, number_fields, port, uniflows_of
from tocsin.telemetry._values import instant, text

_PAYLOAD, _CONNECTION = "jsonPayload.", "jsonPayload.connection."
_FIELDS = (
    Field("start", "start", instant, "a time", required=True),
    Field("end", "end", instant, "a time"),
    *number_fields(f"{_CONNECTION}protocol", "flags"),
    *address_fields(f"{_CONNECTION}src_ip", f"{_CONNECTION}dest_ip"),
    Field(f"{_CONNECTION}src_port", "sender_port", port, "a port"),
    Field(f"{_CONNECTION}dest_port", "receiver_port", port, "a port"),
    Field(f"{_PAYLOAD}packets_sent", "packets", count, "a count"),
    Field(f"{_PAYLOAD}bytes_sent", "bytes", count, "a count"),
    Field("observer", "exporter", text, "text"),
)
_TIMES = {"start": f"{_PAYLOAD}start_time", "end": f"{_PAYLOAD}end_time"}
_NAMES = (
    *(field.name for field in _FIELDS if "." in field.name),
    *_TIMES.values(),
    f"{_PAYLOAD}reporter",
)


def recognise(head: bytes) -> bool:
    """Whether one of the first lines is a log entry with a connection in it."""
    return isinstance(member(first_object(head), f"{_CONNECTION}src_ip"), str)


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:
    """Flows, and lines that are none."""
    parsed = parse_objects(blocks(content), _NAMES)
    return stitched(uniflows_of(parsed, _FIELDS, _shaped), sensor, sampling, every_packet=False)


def _shaped(lines: Lines, rows: pa.Table) -> tuple[Lines, pa.Table]:
    for name, said in _TIMES.items():
        # Nanoseconds are written, microseconds are kept.
        rows = rows.append_column(name, pc.replace_substring_regex(rows[said], r"(\.\d{6})\d+", r"\1"))
    by_target = pc.starts_with(pc.coalesce(rows[f"{_PAYLOAD}reporter"], pa.scalar("")), "DEST")
    observer = pc.if_else(by_target, rows[f"{_CONNECTION}dest_ip"], rows[f"{_CONNECTION}src_ip"])
    rows = rows.append_column("observer", observer)
    return lines, rows.append_column("flags", pa.nulls(rows.num_rows, pa.string()))
