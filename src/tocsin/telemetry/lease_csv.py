"""Leases of any origin, as comma-separated values with Tocsin's own names of columns.

Reads: lines of values below a header with ``address``, ``subscriber`` and ``from``, in any order, and as far as known
``until``, ``port_low`` and ``port_high`` for a block of ports, or ``port`` for a session of a single one. Times as
ISO 8601 or seconds since 1970; addresses, or prefixes of IPv6. Make it from what no other reader knows: a NAT's
sessions, an access server's database, RFC 7422's mapping worked out.

    address,port_low,port_high,subscriber,from,until
    203.0.113.7,1024,2047,line-4711,2026-01-05T10:00:00Z,2026-01-05T12:00:00Z

Gives: leases. The subscriber is any name that stays the same: an account, a line, a device; in the lake it is a keyed
pseudonym, the same as that of an account or device of this name in DHCP or RADIUS. Without an ``until`` a lease is
open. Rows of one address, block and subscriber that touch one another become one.

Leaves out: all other columns. Values stand without quotes, so that none may have a comma in it. Times without a zone
are taken as UTC.

Learn more: RFC 7422, RFC 6269
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from ipaddress import ip_network

from tocsin.telemetry._blocks import blocks
from tocsin.telemetry._columns import Field
from tocsin.telemetry._header import first_line
from tocsin.telemetry._identifiers import account
from tocsin.telemetry._leases import Saying, leases
from tocsin.telemetry._questions import port
from tocsin.telemetry._rows import Batch, Reject
from tocsin.telemetry._stamps import stamp
from tocsin.telemetry._tables import Row, columns_of, sayings
from tocsin.telemetry._values import canonical, distinct, text

PERSONAL = True
header = first_line
COLUMNS = ("subscriber", "address", "from")
HALF_A_BLOCK = "it has one end of a block of ports and not the other"
TURNED = "its last port is lower than its first"


def _leased(value: str) -> str | None:
    if "/" not in value:
        return canonical(value)
    try:
        return str(ip_network(value))
    except ValueError:
        return None


FIELDS = (
    Field("address", "address", distinct(_leased), "an address or a prefix", required=True),
    Field("subscriber", "subscriber", text, "text", required=True),
    Field("from", "since", stamp, "a time", required=True),
    Field("until", "until", stamp, "a time"),
    Field("port", "port", port, "a port"),
    Field("port_low", "low", port, "a port"),
    Field("port_high", "high", port, "a port"),
)


def recognise(head: bytes) -> bool:
    """Whether the first line names these columns."""
    return columns_of(head.partition(b"\n")[0], COLUMNS) is not None


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:  # noqa: ARG001  (nothing to scale)
    """Leases, and lines that are none."""
    return leases(sayings(blocks(content), COLUMNS, FIELDS, _said), sensor)


def _said(number: int, line: bytes, row: Row) -> Saying | str:
    low, high = (row["port"], row["port"]) if row["port"] is not None else (row["low"], row["high"])
    if (low is None) != (high is None):
        return HALF_A_BLOCK
    if low is not None and low > high:
        return TURNED
    subscriber = account(row["subscriber"])
    if subscriber is None:
        return "subscriber is missing"
    until = None if row["until"] is None else _microseconds(row["until"])
    return Saying(number, line, row["address"], subscriber, _microseconds(row["since"]), until, low, high)


def _microseconds(time: datetime) -> int:
    since = time.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
