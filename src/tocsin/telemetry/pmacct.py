"""Flows from pmacct: what ``nfacctd``, ``sfacctd`` and ``pmacctd`` print as JSON.

Reads: one JSON object a line, as the print plugin writes it with ``print_output: json``. The aggregate must have
``src_host, dst_host, src_port, dst_port, proto``; with ``tcpflags, timestamp_start, timestamp_end, sampling_rate,
peer_src_ip`` more is known. Times may have any of pmacct's forms; without a zone they are taken as UTC, so set
``timestamps_utc: true``.

Gives: flows. Both directions of an exchange become one row, as for NetFlow. ``sampling_rate`` is a row's rate, and its
counts are multiplied by it, so leave ``nfacctd_renormalize`` and its like off; where it is 0 or missing, ``--sampling``
holds. Samples of sFlow come as pmacct put them together, with the bytes of their frames.

Leaves out: tags, AS numbers, BGP, and every other member. Where ``timestamp_start`` is missing, a row begins with the
interval in which pmacct counted it.

Learn more: https://github.com/pmacct/pmacct/blob/master/CONFIG-KEYS, docs/guides/live-netflow.md
"""

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.telemetry._blocks import Lines, blocks
from tocsin.telemetry._columns import Field
from tocsin.telemetry._flows import count
from tocsin.telemetry._objects import first_object, parse_objects
from tocsin.telemetry._rows import Batch, Reject
from tocsin.telemetry._stitch import stitched
from tocsin.telemetry._uniflow_table import address_fields, number_fields, port, stated_rate, uniflows_of
from tocsin.telemetry._values import TEXT, local_instant, text

MARKS = {"ip_src", "ip_dst", "ip_proto"}
# The first of the starts that is there says when a flow began.
END = "timestamp_end"
STARTS = ("timestamp_start", "timestamp_arrival", "stamp_inserted")

_FIELDS = (
    Field("start", "start", local_instant, "a time", required=True),
    Field(END, "end", local_instant, "a time"),
    *number_fields("ip_proto", "tcp_flags"),
    *address_fields("ip_src", "ip_dst"),
    Field("port_src", "sender_port", port, "a port"),
    Field("port_dst", "receiver_port", port, "a port"),
    Field("packets", "packets", count, "a count"),
    Field("bytes", "bytes", count, "a count"),
    Field("sampling_rate", "sampling", stated_rate, "a sampling rate"),
    Field("peer_ip_src", "exporter", text, "text"),
)
_NAMES = (*STARTS, *(field.name for field in _FIELDS if field.name != "start"))


def recognise(head: bytes) -> bool:
    """Whether one of the first lines is an object with pmacct's names of addresses and protocol."""
    return first_object(head).keys() >= MARKS


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:
    """Flows, and lines that are none."""
    return stitched(uniflows_of(parse_objects(blocks(content), _NAMES), _FIELDS, _started), sensor, sampling)


def _started(lines: Lines, rows: pa.Table) -> tuple[Lines, pa.Table]:
    known = [_measured(rows[name]) for name in (*STARTS, END)]
    rows = rows.set_column(rows.column_names.index(END), END, known.pop())
    return lines, rows.append_column("start", pc.coalesce(*known))


def _measured(times: Any) -> Any:
    """Times that pmacct has measured; others it writes as the year 0 or 1970."""
    unknown = pc.match_substring_regex(times, "^(?:0000|1970)-")
    return pc.if_else(unknown, pa.scalar(None, TEXT), times)
