"""Flows from GoFlow2, as JSON: NetFlow, IPFIX and samples of sFlow.

Reads: one JSON object a line, as GoFlow2 writes it with ``-format json``, in the names of its second version
(``time_flow_start_ns``, ``src_addr``) or its first (``TimeFlowStart``, ``SrcAddr``).

Gives: flows. Both directions of an exchange become one row, as for NetFlow. ``sampling_rate`` is a row's rate, and its
counts are multiplied by it; where it is 0 or missing, ``--sampling`` holds. A sample of sFlow is one packet out of so
many, and its bytes are those of the frame. The sampler's address tells exporters apart.

Leaves out: interfaces, AS numbers, VLANs, MPLS, what a tunnel carried, and every other member.

Learn more: https://github.com/netsampler/goflow2/blob/main/docs/protocols.md
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.telemetry._blocks import Lines, blocks
from tocsin.telemetry._columns import Field
from tocsin.telemetry._flows import count
from tocsin.telemetry._objects import first_object, parse_objects
from tocsin.telemetry._rows import Batch, Reject
from tocsin.telemetry._stitch import stitched
from tocsin.telemetry._uniflow_table import address_fields, number_fields, port, stated_rate, uniflows_of
from tocsin.telemetry._values import INTEGER, LAST_INSTANT, TEXT, Values, integer, text

# Names of the second version, and what the first called them.
NAMES: Mapping[str, str] = {
    "src_addr": "SrcAddr",
    "dst_addr": "DstAddr",
    "src_port": "SrcPort",
    "dst_port": "DstPort",
    "proto": "Proto",
    "tcp_flags": "TCPFlags",
    "icmp_type": "IcmpType",
    "icmp_code": "IcmpCode",
    "packets": "Packets",
    "bytes": "Bytes",
    "sampling_rate": "SamplingRate",
    "sampler_address": "SamplerAddress",
    "time_received_ns": "TimeReceived",
    "time_flow_start_ns": "TimeFlowStart",
    "time_flow_end_ns": "TimeFlowEnd",
    "time_received": "TimeReceived",
    "time_flow_start": "TimeFlowStart",
    "time_flow_end": "TimeFlowEnd",
}
MARKS = {"src_addr", "dst_addr", "sampler_address"}

_microseconds = integer(0, LAST_INSTANT)
_FIELDS = (
    Field("start", "start", _microseconds, "a time", required=True),
    Field("end", "end", _microseconds, "a time"),
    *number_fields("proto", "tcp_flags"),
    *address_fields("src_addr", "dst_addr"),
    Field("src_port", "sender_port", port, "a port"),
    Field("dst_port", "receiver_port", port, "a port"),
    Field("icmp_type", "icmp_type", port, "a type"),
    Field("icmp_code", "icmp_code", port, "a code"),
    Field("packets", "packets", count, "a count"),
    Field("bytes", "bytes", count, "a count"),
    Field("sampling_rate", "sampling", stated_rate, "a sampling rate"),
    Field("sampler_address", "exporter", text, "text"),
)


def recognise(head: bytes) -> bool:
    """Whether one of the first lines is an object with GoFlow2's names of addresses and sampler."""
    first = first_object(head)
    return first.keys() >= MARKS or first.keys() >= {NAMES[name] for name in MARKS}


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:
    """Flows, and lines that are none."""
    pieces = iter(content)
    start = next(pieces, b"")
    is_first = "SrcAddr" in first_object(start[: 1 << 16])
    names = tuple(dict.fromkeys(NAMES.values() if is_first else NAMES))
    parsed = parse_objects(blocks(chain([start], pieces)), names)
    return stitched(uniflows_of(parsed, _FIELDS, _shaped), sensor, sampling)


def _shaped(lines: Lines, rows: pa.Table) -> tuple[Lines, pa.Table]:
    """The names of the second version, and times in microseconds: of the flow, else when the packet came."""
    if "SrcAddr" in rows.column_names:
        rows = pa.table({name: rows[old] for name, old in NAMES.items() if not name.endswith("_ns")})
    rows = rows.append_column("start", _time(rows, "time_flow_start", "time_received"))
    return lines, rows.append_column("end", _time(rows, "time_flow_end", "time_flow_start"))


def _time(rows: pa.Table, *names: str) -> Values:
    """The first of these times that is there and not 0."""
    found: Values = pa.nulls(rows.num_rows, INTEGER)
    for name in names:
        for column, unit in ((f"{name}_ns", 1_000), (name, -1_000_000)):
            if column in rows.column_names:
                found = pc.coalesce(found, _scaled(rows[column].combine_chunks(), unit))
    return found.cast(TEXT)


def _scaled(values: Values, unit: int) -> Values:
    whole = integer(1, 1 << 62 if unit > 0 else LAST_INSTANT // -unit)(values)
    return pc.divide(whole, pa.scalar(unit)) if unit > 0 else pc.multiply(whole, pa.scalar(-unit))
