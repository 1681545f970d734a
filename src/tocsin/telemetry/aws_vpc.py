"""Flow logs of Amazon's virtual private cloud (VPC), as text.

Reads: one record a line, values separated by spaces: the default format (version 2) with or without its header, and any
custom format (versions 3 to 5) below the header line that names its fields. A time in front of the record, as exports
of log groups have it, is passed over.

Gives: flows. Both directions of an exchange become one row; records of two interfaces are not mixed. Where the log has
``pkt-srcaddr`` and ``pkt-dstaddr``, these are the sides: they stood in the packet, whatever gateway it passed. Flows
that were rejected are rows like others. Flags tell SYN, SYN-ACK, FIN and RST, so few rows have a state.

Leaves out: ``NODATA`` and ``SKIPDATA`` records, which are no flows, and every other field. A long connection is a row
for each interval of the log (a minute or ten); times are full seconds. Logs in Parquet are not read.

Learn more: https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.telemetry._blocks import Lines, blocks
from tocsin.telemetry._columns import Field
from tocsin.telemetry._delimited import MOST_COLUMNS, parse_delimited
from tocsin.telemetry._flows import count
from tocsin.telemetry._rows import Batch, Reject
from tocsin.telemetry._stitch import stitched
from tocsin.telemetry._uniflow_table import address_fields, number_fields, port, uniflows_of, without
from tocsin.telemetry._values import TEXT, instant, text

DEFAULT = (
    *("version", "account-id", "interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol"),
    *("packets", "bytes", "start", "end", "action", "log-status"),
)
REQUIRED = ("protocol", "start")
SIDES = ({"srcaddr", "pkt-srcaddr"}, {"dstaddr", "pkt-dstaddr"})

_FIELDS = (
    Field("start", "start", instant, "a time in seconds", required=True),
    Field("end", "end", instant, "a time in seconds"),
    *number_fields("protocol", "tcp-flags"),
    *address_fields("source", "target"),
    Field("srcport", "sender_port", port, "a port"),
    Field("dstport", "receiver_port", port, "a port"),
    Field("packets", "packets", count, "a count"),
    Field("bytes", "bytes", count, "a count"),
    Field("interface-id", "exporter", text, "text"),
    # Not logged: what stands in the place of ports is 0.
    Field("icmp-type", "icmp_type", port, "a type"),
    Field("icmp-code", "icmp_code", port, "a code"),
)
_NAMES = (
    *(field.name for field in _FIELDS if field.name not in ("source", "target", "icmp-type", "icmp-code")),
    *("srcaddr", "dstaddr", "pkt-srcaddr", "pkt-dstaddr", "log-status"),
)
_TIME = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z "
_RECORD = re.compile(
    rb"(" + _TIME + rb")?2 \S+ \S+(?: (?:[0-9a-fA-F.:]+|-)){9} (?:ACCEPT|REJECT|-) (?:OK|NODATA|SKIPDATA)\r?"
)


@dataclass(frozen=True, slots=True)
class _Layout:
    """The fields of the lines below a header, or of the default format."""

    columns: tuple[str, ...] = DEFAULT
    separator: str = " "
    nulls: tuple[str, ...] = ("-", "")


def recognise(head: bytes) -> bool:
    """Whether the first line is a record of the default format, or a header that names both addresses."""
    first = head.partition(b"\n")[0]
    return bool(_RECORD.fullmatch(first)) or _header(first) is not None


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:
    """Flows, and lines that are none."""
    pieces = iter(content)
    start = next(pieces, b"")
    timed = re.match(_TIME, start) is not None
    layout = _Layout(("time", *DEFAULT)) if timed else _Layout()
    parsed = parse_delimited(
        blocks(chain([start], pieces)), layout, lambda _, line: _header(line), b"addr", _flaw, _NAMES
    )
    return stitched(uniflows_of(parsed, _FIELDS, _records), sensor, sampling)


def _header(line: bytes) -> _Layout | None:
    if b"addr" not in line:
        return None
    columns = tuple(line.decode("utf-8", "replace").replace("_", "-").split()[: MOST_COLUMNS + 1])
    return _Layout(columns) if all(side & set(columns) for side in SIDES) else None


def _flaw(above: _Layout) -> str | None:
    unclear = [
        name for name in _NAMES if above.columns.count(name) > 1 or (name in REQUIRED and name not in above.columns)
    ]
    return f"the header line does not name {unclear[0]} once" if unclear else None


def _records(lines: Lines, rows: pa.Table) -> tuple[Lines, pa.Table]:
    """Records of flows, with the addresses that stood in the packet."""
    status = pc.coalesce(rows["log-status"], pa.scalar("OK"))
    left_out = pc.is_in(status, pa.array(["NODATA", "SKIPDATA"]))
    lines, rows = without(lines, rows, left_out)
    for name in ("icmp-type", "icmp-code"):
        rows = rows.append_column(name, pa.nulls(rows.num_rows, TEXT))
    for name, side in (("source", "srcaddr"), ("target", "dstaddr")):
        rows = rows.append_column(name, pc.coalesce(rows[f"pkt-{side}"], rows[side]))
    return lines, rows
