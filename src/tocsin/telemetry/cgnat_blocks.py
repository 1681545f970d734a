"""Blocks of ports that carrier-grade NATs gave to subscribers, from their syslog.

Reads: lines of syslog that say that a block of ports of an outside address was given to an inside address, still is,
or was taken back. Of Juniper SRX and MX ``RT_SRC_NAT_PBA_ALLOC``, ``_INTERIM`` and ``_RELEASE``, structured or not; of
Juniper's service cards ``ASP_`` or ``JSERVICES_NAT_PORT_BLOCK_ALLOC``, ``_ACTIVE`` and ``_RELEASE``; of Cisco CGv6
``[UserbasedA - 100.64.0.5 …]`` and ``UserbasedW``, one a line; of A10 the mapping of fixed NAT, ``FIXED-NAT-PORTS
100.64.0.5->203.0.113.7:1024-2047``; of NFWare ``A VRF 0 INT 100.64.0.5 EXT 203.0.113.7:1024-1535`` and ``D VRF``.

Gives: leases: the outside address, the first and last port of the block, and from when to when it was given. A block
that is not taken back within the file is open. The subscriber is the inside address; in the lake it is a keyed
pseudonym, and who had the inside address is not worked out. With deterministic NAT (RFC 7422) the mapping is logged
once, so its rows are open.

Leaves out: single ports and sessions, for which ``lease_csv`` has a form; all other messages. A block that is taken
back without having been given begins where it ends. Lines whose time has no year are refused, except for Juniper's
service cards, which write a second time with one.

Learn more: RFC 7422, RFC 6888, https://www.juniper.net/documentation/us/en/software/junos/nat/
"""

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.telemetry._blocks import Lines
from tocsin.telemetry._columns import Field
from tocsin.telemetry._leases import Saying, leases
from tocsin.telemetry._log_lines import Messages, known_by, read_messages
from tocsin.telemetry._questions import port
from tocsin.telemetry._rows import Batch, Reject, rejected
from tocsin.telemetry._stamps import STAMP, WITH_YEAR, stamp
from tocsin.telemetry._values import INTEGER, address, text

PERSONAL = True
_ADDRESS = r"[0-9A-Fa-f.:]+"
_INSIDE, _OUTSIDE, _PORTS = (
    rf"(?P<inside>{_ADDRESS})",
    rf"(?P<outside>{_ADDRESS})",
    r"(?P<low>\d{1,5})[- ](?P<high>\d{1,5})",
)
_PBA = r"RT_SRC_NAT_PBA_(?P<event>ALLOC|INTERIM|RELEASE)"
_CARD = (
    rf"(?:ASP|JSERVICES)_NAT_PORT_BLOCK_(?P<event>ALLOC|ACTIVE|RELEASE): {_INSIDE} -> (?P<outside>[0-9.]+):{_PORTS}\b"
)
_TIME = r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)"
# As they stand behind a time; the first has its own time, in the middle.
_INNER = rf"^.*? {_TIME}[: ].*?{_CARD}"
_OUTER = (
    rf".*?{_CARD}",
    rf'.*?{_PBA} \[.*?internal-ip="{_INSIDE}".*? block-port-low="(?P<low>\d{{1,5}})" '
    rf'block-port-high="(?P<high>\d{{1,5}})" reflexive-ip="{_OUTSIDE}"',
    rf".*?{_PBA}: Subscriber {_INSIDE} .*?\[{_PORTS}\] from {_OUTSIDE} in ",
    rf".*?\[Userbased(?P<event>[AW]) - {_INSIDE} \S+ \S+ {_OUTSIDE} - {_PORTS}(?: -)*\]$",
    rf".*?FIXED-NAT-PORTS:? {_INSIDE}->{_OUTSIDE}:{_PORTS}$",
    rf".*?\b(?P<event>[AD]) VRF \d+ INT {_INSIDE} EXT (?P<outside>[0-9.]+):{_PORTS}$",
)
_MARK = (
    r"RT_SRC_NAT_PBA_(?:ALLOC|INTERIM|RELEASE)|_NAT_PORT_BLOCK_|\[Userbased[AW] |FIXED-NAT-PORTS|\bEXT [0-9.]+:\d+-\d+$"
)
MESSAGES = Messages((_INNER, *(f"^{STAMP}{form}" for form in _OUTER)), _MARK, "a block of ports as a NAT logs it")
FIELDS = (
    Field("time", "time", stamp, WITH_YEAR, required=True),
    Field("event", "event", text, "text"),
    Field("inside", "inside", address, "an address", required=True),
    Field("outside", "outside", address, "an address", required=True),
    Field("low", "low", port, "a port", required=True),
    Field("high", "high", port, "a port", required=True),
)
_TAKEN_BACK = ("RELEASE", "W", "D")
TURNED = "its last port is lower than its first"


def recognise(head: bytes) -> bool:
    """Whether one of the first lines is a block of ports as a NAT logs it."""
    marks = (b"RT_SRC_NAT_PBA_", b"_NAT_PORT_BLOCK_", b"[Userbased", b"FIXED-NAT-PORTS", b" EXT ")
    return any(mark in head for mark in marks) and any(known_by(head, form) for form in MESSAGES.forms)


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:  # noqa: ARG001  (nothing to scale)
    """Leases of blocks, and lines that are damaged."""
    return leases(_sayings(content), sensor)


def _sayings(content: Iterable[bytes]) -> Iterator[Saying | Reject]:
    for part in read_messages(content, MESSAGES, FIELDS):
        if isinstance(part, Reject):
            yield part
        else:
            yield from _said(*part)


def _said(lines: Lines, rows: pa.Table) -> Iterator[Saying | Reject]:
    numbered = lines.numbered()
    times = pc.cast(rows["time"], INTEGER).to_pylist()
    columns = (rows[name].to_pylist() for name in ("event", "inside", "outside", "low", "high", "place"))
    for time, event, inside, outside, low, high, place in zip(times, *columns, strict=True):
        number, line = numbered[place]
        if low > high:
            yield rejected(number, TURNED, line)
            continue
        ends = event in _TAKEN_BACK
        until = time if ends else None
        yield Saying(number, line, outside, f"inside:{inside}", time, until, low, high, ends)
