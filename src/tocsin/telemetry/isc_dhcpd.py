"""Leases from ISC's DHCP server: ``dhcpd.leases``.

Reads: ``dhcpd.leases`` and ``dhcpd6.leases``, as ``dhcpd`` writes them and rewrites them from time to time, with times
as ``2 2026/11/24 15:33:17`` (UTC) or ``epoch 1795534397``.

Gives: leases: an address, or a delegated prefix of IPv6, who had it and from when to when. The subscriber is the
device's hardware address, else the client's identifier or DUID; in the lake it is a keyed pseudonym. The server writes
a lease again whenever it is renewed, released or expires; all that touches is one row. A lease that ``never`` ends is
open.

Leaves out: addresses that nobody has: ``abandoned``, ``backup``, and ``free`` ones that never were leased; host names
and all else. A lease is counted by the line that it begins in; one that is damaged
is refused and spoils no other.

Learn more: https://kb.isc.org/docs/en/isc-dhcp-44-manual-pages-dhcpdleases
"""

from collections.abc import Iterable, Iterator

from tocsin.telemetry._dhcpd_text import Block, begins_as_leases, lease_blocks
from tocsin.telemetry._identifiers import client, mac
from tocsin.telemetry._leases import Saying, leases
from tocsin.telemetry._rows import Batch, Reject, rejected
from tocsin.telemetry._values import canonical

PERSONAL = True
# States in which somebody has the address, or had it until it ended.
_HELD, _OVER = (b"active",), (b"free", b"expired", b"released")
SECOND = 1_000_000


def recognise(head: bytes) -> bool:
    """Whether a lease begins as the server writes it, or its first comment stands there."""
    return begins_as_leases(head)


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:  # noqa: ARG001  (nothing to scale)
    """Leases, and those that are damaged."""
    return leases(_sayings(content), sensor)


def _sayings(content: Iterable[bytes]) -> Iterator[Saying | Reject]:
    for part in lease_blocks(content):
        found = part if isinstance(part, Reject) else _said(part)
        if isinstance(found, str) and isinstance(part, Block):
            yield rejected(part.line, found, part.begins)
        elif isinstance(found, Saying | Reject):
            yield found


def _said(block: Block) -> Saying | str | None:
    """What a lease says; None when nobody has it, a text when it makes no sense."""
    state = block.statements.get(b"binding state")
    if state is None:
        return "it does not say its state"
    held = state in _HELD + _OVER
    subscriber = _subscriber(block) if held else None
    if subscriber is None and state in (b"free", b"backup"):
        return None
    address, _, length = block.address.decode().partition("/")
    known = canonical(address)
    if known is None:
        return "it is of no address"
    if subscriber is None and held:
        return "it names neither a device nor a client"
    until = block.time(b"ends")
    since = block.time(b"starts")
    if since is None and until is not None:
        since = block.since(until)
    if since is None or (until is None and block.statements.get(b"ends") != b"never"):
        return "its times are no times"
    return Saying(
        block.line,
        block.begins,
        f"{known}/{length}" if length else known,
        subscriber,
        since * SECOND,
        None if until is None else until * SECOND,
        ends=state in _OVER,
    )


def _subscriber(block: Block) -> str | None:
    """The device, else what the client calls itself; of IPv6 that is its DUID, behind the four bytes of its IAID."""
    device = mac(block.statements.get(b"hardware ethernet", b"").decode("ascii", "replace"))
    if device:
        return device
    identifier = block.octets(block.statements.get(b"uid", b"")) or block.octets(block.group)[4:]
    return client(identifier.hex())
