"""Leases from Kea: the lease files of its DHCPv4 and DHCPv6 servers.

Reads: ``kea-leases4.csv`` and ``kea-leases6.csv`` as Kea's ``memfile`` keeps them, the files that its cleanup leaves
(``.1``, ``.2``, ``.completed``) included, with the columns in any order.

Gives: leases: an address, or a delegated prefix of IPv6 (``2001:db8:1100::/56``), who had it and from when to when. The
subscriber is the device's hardware address, else the client's identifier or DUID; in the lake it is a keyed pseudonym.
Kea writes a lease again whenever it is renewed; all that touches is one row. Released leases end no later than the last
lease that Kea gave before it wrote of the release, for it does not write when that was. Leases without an end
(``valid_lifetime`` 4294967295) are open.

Leaves out: declined addresses, which nobody has; host names, subnets, and all other columns.

Learn more: https://kea.readthedocs.io/en/latest/arm/dhcp4-srv.html#memfile-basic-storage-for-leases
"""

from collections.abc import Iterable, Iterator

from tocsin.telemetry._blocks import blocks
from tocsin.telemetry._columns import Field
from tocsin.telemetry._identifiers import client, mac
from tocsin.telemetry._leases import LAST_US, Saying, leases
from tocsin.telemetry._rows import Batch, Reject
from tocsin.telemetry._tables import Row, columns_of, sayings
from tocsin.telemetry._values import address, integer, text

PERSONAL = True
COLUMNS = ("address", "valid_lifetime", "expire", "state")
_FOREVER = 2**32 - 1
_DECLINED = 1
_PREFIX = 2
SECOND = 1_000_000
NOBODY = "it names neither a device nor a client"
TOO_EARLY = "it begins before 1970"

FIELDS = (
    Field("address", "address", address, "an address", required=True),
    Field("hwaddr", "hwaddr", text, "text"),
    Field("client_id", "client_id", text, "text"),
    Field("duid", "duid", text, "text"),
    Field("valid_lifetime", "lifetime", integer(0, _FOREVER), "a number of seconds", required=True),
    Field("expire", "expire", integer(0, LAST_US // 1_000_000), "a time in seconds", required=True),
    Field("lease_type", "kind", integer(0, 3), "a type of lease"),
    Field("prefix_len", "length", integer(0, 128), "a length of a prefix"),
    Field("state", "state", integer(0, 255), "a state", required=True),
)


def recognise(head: bytes) -> bool:
    """Whether the first line is the header of a lease file of Kea."""
    return columns_of(head.partition(b"\n")[0], COLUMNS) is not None


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:  # noqa: ARG001  (nothing to scale)
    """Leases, and lines that are none."""
    latest = 0

    def said(number: int, line: bytes, row: Row) -> Saying | str | None:
        nonlocal latest
        declined = row["state"] == _DECLINED
        subscriber = mac(row["hwaddr"] or "") or client(row["duid"] or row["client_id"] or "")
        if subscriber is None and not declined:
            return NOBODY
        since, until = row["expire"] - row["lifetime"], row["expire"]
        if since < 0:
            return TOO_EARLY
        latest = max(latest, since)
        released = row["lifetime"] == 0
        return Saying(
            number,
            line,
            _leased(row),
            None if declined else subscriber,
            since * SECOND,
            latest * SECOND if released else None if row["lifetime"] == _FOREVER else until * SECOND,
            ends=released,
        )

    return leases(sayings(blocks(content), COLUMNS, FIELDS, said), sensor)


def _leased(row: Row) -> str:
    """The address or, with its length, the prefix."""
    return f"{row['address']}/{row['length']}" if row["kind"] == _PREFIX else str(row["address"])
