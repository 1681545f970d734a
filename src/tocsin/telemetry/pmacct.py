"""Flows from pmacct: what ``nfacctd``, ``sfacctd`` and ``pmacctd`` print as JSON.

Reads: one JSON object a line, as the print plugin writes it with ``print_output: json``. The aggregate must have
``src_host, dst_host, src_port, dst_port, proto``; with ``tcpflags, timestamp_start, timestamp_end, sampling_rate,
peer_src_ip`` more is known. Times may have any of pmacct's forms; without a zone they are taken as UTC, so set
``timestamps_utc: true``.

Gives: flows. Both directions of an exchange become one row, as for NetFlow. ``sampling_rate`` is a row's rate, and its
counts are multiplied by it, so leave ``nfacctd_renormalize`` and its like off; where it is 0 or missing, ``--sampling``
holds. What pmacct made of samples of sFlow comes as it put them together.

Leaves out: tags, AS numbers, BGP, and every other member. Where ``timestamp_start`` is missing, a row begins with the
interval in which pmacct counted it.

Learn more: https://github.com/pmacct/pmacct/blob/master/CONFIG-KEYS, docs/guides/live-netflow.md
"""

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.telemetry._blocks import Lines, blocks
from tocsin.telemetry._columns import Field
from tocsin.telemetry._flows import count
from tocsin.telemetry._objects import first_object, parse_objects
from tocsin.telemetry._rows import Batch, Reject
from tocsin.telemetry._stitch import stitched
from tocsin.telemetry._uniflow_table import address_fields, number_fields, port, stated_rate, uniflows_of
from tocsin.telemetry._values import local_instant, text

MARKS = {"ip_src", "ip_dst", "ip_proto"}
# The first of these that is there says when a flow began.
STARTS = ("timestamp_start", "timestamp_arrival", "stamp_inserted")

_FIELDS = (
    Field("start", "start", local_instant, "a time", required=True),
    Field("timestamp_end", "end", local_instant, "a time"),
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
    # Which times are not measured is written as the year 1970.
    known = [pc.if_else(pc.starts_with(rows[name], "1970-"), None, rows[name]) for name in STARTS]
    return lines, rows.append_column("start", pc.coalesce(*known))
