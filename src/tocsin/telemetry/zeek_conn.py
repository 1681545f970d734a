"""Connections from Zeek: ``conn.log``, tab-separated or JSON.

Reads: ``conn.log`` of Zeek and Bro, as it lies or compressed (gzip, xz, zstd, bzip2), with its header lines in any
order of columns and repeated where logs were put together, or as JSON with one object a line and times as numbers or
ISO 8601. Labelled logs as IoT-23 has them are read like any other.

Gives: flows. ``id.orig_*`` is the initiator, ``id.resp_*`` the responder; packets and bytes are ``orig_pkts``,
``orig_ip_bytes`` and their like, multiplied by the sampling rate when one is given. Protocols that Zeek does not know
by name (``unknown_transport``) have the number from ``ip_proto``, where the log has it, and no ports.

``open_conn`` logs hold connections that had not ended: they are known by their ``#path`` or their file's name, kept
apart, and seen by detectors only until the same connection (``uid``) has ended, and as it was at the latest look.
Labels stand aside, where no detector sees them.

Leaves out: payload bytes, history, tunnels, VLANs. Byte counts of connections that Zeek did not see whole are as the
log has them. A connection stands on the day on which it began.

Learn more: https://docs.zeek.org/en/current/logs/conn.html, https://www.stratosphereips.org/datasets-iot23
"""

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.telemetry._columns import Field, replaced
from tocsin.telemetry._flows import LONGEST_US, count, flow_batch, largest_count
from tocsin.telemetry._labels import LABELS, labels
from tocsin.telemetry._rows import Batch, Reject
from tocsin.telemetry._values import INTEGER, NUMBER, TEXT, Values, duration, integer, lower, short, token
from tocsin.telemetry._zeek import EXCHANGE, is_log, read_exchanges
from tocsin.telemetry._zeek_header import header

__all__ = ["header", "read", "recognise"]

PORTS = ("initiator_port", "responder_port")


def recognise(head: bytes) -> bool:
    """Whether this is a conn log: its header or ``_path`` says so, or it has a connection's columns."""
    return is_log(head, "conn", ("ts", "id.orig_h", "id.resp_h", "proto", "conn_state"))


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:
    """Flows, their labels where the log has some, and lines that are none."""

    def flows(rows: pa.Table) -> Iterator[Batch]:
        yield flow_batch(_named(rows), sensor, sampling)
        yield from labels(rows, sensor)

    return read_exchanges(content, "conn", _fields(sampling), flows)


def _fields(sampling: int) -> tuple[Field, ...]:
    most = largest_count(sampling)
    return (
        *EXCHANGE,
        *LABELS,
        Field("proto", "protocol", _protocol, "a protocol", required=True),
        Field("ip_proto", "protocol_number", integer(0, 255), "a protocol number", INTEGER),
        Field("service", "service", token, "a list of services"),
        Field("duration", "duration_us", duration, "a duration in seconds", NUMBER, largest=LONGEST_US),
        Field("conn_state", "state", short, "short printable text"),
        Field("orig_pkts", "initiator_packets", count, "a count", INTEGER, largest=most),
        Field("orig_ip_bytes", "initiator_bytes", count, "a count", INTEGER, largest=most),
        Field("resp_pkts", "responder_packets", count, "a count", INTEGER, largest=most),
        Field("resp_ip_bytes", "responder_bytes", count, "a count", INTEGER, largest=most),
    )


def _protocol(values: Values) -> Values:
    return token(lower(values))


def _named(rows: pa.Table) -> pa.Table:
    """Protocols that Zeek has no name for get their number."""
    nameless = pc.equal(rows["protocol"], pa.scalar("unknown_transport"))
    if pc.any(nameless).as_py():
        number = pc.coalesce(rows["protocol_number"].cast(TEXT), rows["protocol"])
        rows = replaced(rows, "protocol", pc.if_else(nameless, number, rows["protocol"]))
        for name in PORTS:
            rows = replaced(rows, name, pc.if_else(nameless, pa.scalar(None, INTEGER), rows[name]))
    return rows
