"""Leases from RADIUS accounting: FreeRADIUS' detail files.

Reads: what FreeRADIUS' module ``detail`` writes of accounting: a time, then one attribute a line
(``Acct-Status-Type = Start``), then an empty line. It needs ``User-Name`` or ``Calling-Station-Id``, an address
(``Framed-IP-Address``, ``Framed-IPv6-Address``) or a prefix (``Framed-IPv6-Prefix``, ``Delegated-IPv6-Prefix``), and a
time: ``Event-Timestamp`` in UTC, else ``Timestamp`` less ``Acct-Delay-Time``.

Gives: leases, one row for each address or prefix of a session. The subscriber is the account, else the station; in the
lake it is a keyed pseudonym. ``Start``, ``Interim-Update`` and ``Stop`` of a session become one row: it begins where
the earliest of them says (``Acct-Session-Time`` before it), ends with ``Stop``, and is open while none came. What is
sent again, or comes late, changes nothing.

Leaves out: records that name no address, such as those of ``Accounting-On`` and ``Off``; passwords, counters and
all other attributes. When a session's ``Stop`` was lost, its row is open until the address is given to somebody else.
A record is counted by the line that it begins in. ``Event-Timestamp`` in another zone than UTC is not used.

Learn more: RFC 2866, RFC 8044, https://www.freeradius.org/documentation/freeradius-server/
"""

from collections.abc import Iterable, Iterator
from ipaddress import ip_network

from tocsin.telemetry._identifiers import account
from tocsin.telemetry._leases import LAST_US, Saying, leases
from tocsin.telemetry._radius_text import Accounting, is_accounting, records
from tocsin.telemetry._rows import Batch, Reject, rejected
from tocsin.telemetry._values import canonical

PERSONAL = True
SECOND = 1_000_000
ADDRESSES = ("Framed-IP-Address", "Framed-IPv6-Address")
PREFIXES = ("Framed-IPv6-Prefix", "Delegated-IPv6-Prefix")
# As names, and as the numbers of RFC 2866.
_SESSION = {"Start": False, "1": False, "Interim-Update": False, "Alive": False, "3": False, "Stop": True, "2": True}


def recognise(head: bytes) -> bool:
    """Whether there is a record's time and, below it, what kind of accounting it is."""
    return is_accounting(head)


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:  # noqa: ARG001  (nothing to scale)
    """Leases, and records that are damaged."""
    return leases(_sayings(content), sensor)


def _sayings(content: Iterable[bytes]) -> Iterator[Saying | Reject]:
    for part in records(content):
        if isinstance(part, Reject):
            yield part
            continue
        try:
            yield from _said(part)
        except ValueError as error:
            yield rejected(part.line, str(error), part.begins)


def _said(record: Accounting) -> list[Saying]:
    """What a record says of each of its addresses. Raises ValueError for one that makes no sense."""
    if record.flaw:
        raise ValueError(record.flaw)
    stops = _SESSION.get(record.attributes.get("Acct-Status-Type", ""))
    held = [_address(record, name) for name in ADDRESSES if name in record.attributes]
    held += [_prefix(record, name) for name in PREFIXES if name in record.attributes]
    if stops is None or not held:
        return []
    subscriber = account(record.text("User-Name")) or account(record.text("Calling-Station-Id"))
    if subscriber is None:
        raise ValueError("it names neither an account nor a station")
    time = record.time()
    if time is None or time * SECOND > LAST_US:
        raise ValueError("it has no time that can be read")
    since = max(0, time - (record.number("Acct-Session-Time") or 0)) * SECOND
    until = time * SECOND if stops else None
    return [Saying(record.line, record.begins, one, subscriber, since, until, ends=stops) for one in held]


def _address(record: Accounting, name: str) -> str:
    found = canonical(record.text(name))
    if found is None:
        raise ValueError(f"{name} is no address")
    return found


def _prefix(record: Accounting, name: str) -> str:
    try:
        return str(ip_network(record.text(name), strict=False))
    except ValueError:
        raise ValueError(f"{name} is no prefix") from None
