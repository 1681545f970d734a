"""Leases from Zeek: ``dhcp.log``, tab-separated or JSON.

Reads: ``dhcp.log`` of Zeek 2.6 and later, plain or compressed, the columns in any order and others among them.

Gives: leases: the address that was assigned, the device that it was assigned to, and from when to when, as long as
the server said (``lease_time``). The subscriber is the device's hardware address; in the lake it is a keyed pseudonym.
A lease that is renewed before it ends is one row.

Leaves out: exchanges in which no address was assigned, or without its lease time; what was released before its end;
host names and all else. The logs of Bro before 2.6 name no assigned address, so nothing in them is a lease.

Learn more: https://docs.zeek.org/en/current/logs/dhcp.html
"""

from collections.abc import Iterable, Iterator

import pyarrow as pa

from tocsin.telemetry._columns import Field
from tocsin.telemetry._flows import LONGEST_US
from tocsin.telemetry._identifiers import mac
from tocsin.telemetry._leases import Saying, leases
from tocsin.telemetry._rows import Batch, Reject
from tocsin.telemetry._values import INTEGER, NUMBER, address, distinct, duration, instant
from tocsin.telemetry._zeek import is_log, read_log

PERSONAL = True
# Servers on the Internet lend for up to a month, networks at home for years at most.
_LONGEST_US = 120 * LONGEST_US

FIELDS = (
    Field("ts", "time", instant, "a time", NUMBER, required=True),
    Field("mac", "mac", distinct(mac), "a hardware address"),
    Field("assigned_addr", "address", address, "an address"),
    Field("lease_time", "lifetime", duration, "a duration in seconds", NUMBER, largest=_LONGEST_US),
)


def recognise(head: bytes) -> bool:
    """Whether this is a dhcp log: its header or ``_path`` says so, or it has a lease's columns."""
    return is_log(head, "dhcp", ("ts", "uids", "msg_types"))


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:  # noqa: ARG001  (nothing to scale)
    """Leases, and lines that are none."""
    return leases(_sayings(content), sensor)


def _sayings(content: Iterable[bytes]) -> Iterator[Saying | Reject]:
    for part in read_log(content, "dhcp", FIELDS):
        if isinstance(part, Reject):
            yield part
        else:
            yield from _said(part)


def _said(rows: pa.Table) -> Iterator[Saying]:
    columns = (rows[name].to_pylist() for name in ("mac", "address", "lifetime"))
    for since, device, leased, lifetime in zip(rows["time"].cast(INTEGER).to_pylist(), *columns, strict=True):
        if device and leased and lifetime is not None:
            yield Saying(0, b"", leased, device, since, since + lifetime)
