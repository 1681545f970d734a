"""The text of ISC's lease files: leases between braces, one statement a line."""

import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tocsin.telemetry._blocks import numbered_lines
from tocsin.telemetry._cut import say_cut, until_cut
from tocsin.telemetry._leases import LAST_US
from tocsin.telemetry._rows import CutOff, Reject, rejected

_BEGINS = re.compile(rb"\s*(?:lease|iaaddr|iaprefix) ([0-9A-Fa-f.:]+(?:/\d{1,3})?) \{")
_GROUP = re.compile(rb'ia-(na|pd|ta) ("(?:[^"\\]|\\.)*") \{')
_STATEMENT = re.compile(rb"\s+(starts|ends|max-life|binding state|hardware ethernet|uid) (.*);")
_AS_LEASES = re.compile(
    rb'^(?:lease [0-9.]+ \{|ia-(?:na|pd|ta) "|# This lease file was written by isc-dhcp)', re.MULTILINE
)
_DATE = re.compile(rb"[0-6] (\d{4})/(\d\d)/(\d\d) (\d\d):(\d\d):(\d\d)")
_EPOCH = re.compile(rb"epoch (\d{1,12})(?:; #.*)?")
_ESCAPED = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
# A lease has a dozen lines; only a damaged file has one that does not end.
MOST_LINES = 200

UNENDED = "it has no end"
NO_LEASE = "it stands in no lease"


@dataclass(slots=True)
class Block:
    """A lease: where and how it begins, its address, what its group is called (IPv6), and its statements."""

    line: int
    begins: bytes
    address: bytes
    group: bytes
    lines: int = 0
    depth: int = 1
    statements: dict[bytes, bytes] = field(default_factory=dict)

    def time(self, name: bytes) -> int | None:
        """A time in seconds; None for ``never``, for what is none, and where there is none."""
        said = self.statements.get(name, b"")
        if epoch := _EPOCH.fullmatch(said):
            seconds = int(epoch[1])
            return seconds if seconds * 1_000_000 <= LAST_US else None
        date = _DATE.fullmatch(said)
        return _seconds(*map(int, date.groups())) if date else None

    def since(self, until: int) -> int | None:
        """When a lease of IPv6 began, which only says how long it is."""
        life = self.statements.get(b"max-life", b"")
        return max(0, until - int(life)) if life.isdigit() and len(life) < 12 else None

    @staticmethod
    def octets(quoted: bytes) -> bytes:
        """The bytes of a text between quotes; what is not printable is written in octal digits."""
        inner = quoted.removeprefix(b'"').removesuffix(b'"')
        return _ESCAPED.sub(lambda found: bytes([int(found[1], 8) & 255]) if len(found[1]) == 3 else found[1], inner)


def _seconds(year: int, month: int, day: int, hour: int, minute: int, second: int) -> int | None:
    try:
        return int(datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp())
    except ValueError:
        return None


def begins_as_leases(head: bytes) -> bool:
    """Whether a lease, or the comment of such a file, stands in its beginning."""
    return _AS_LEASES.search(head) is not None


def lease_blocks(content: Iterable[bytes]) -> Iterator[Block | Reject]:
    """Leases one by one, and those that do not end. Raises CutOff as ``content`` does, after them."""
    opened: Block | None = None
    group = b""
    cuts: list[CutOff] = []
    for number, line in numbered_lines(until_cut(content, cuts)):
        if isinstance(line, Reject):
            yield line
        elif grouped := _GROUP.fullmatch(line):
            group = grouped[2]
        elif begun := _BEGINS.fullmatch(line):
            yield from _unended(opened)
            opened = Block(number, line, begun[1], b"" if line.startswith(b"lease") else group)
        else:
            opened = yield from _within(opened, number, line)
    yield from _unended(opened)
    say_cut(cuts)


def _within(opened: Block | None, number: int, line: bytes) -> Generator[Block | Reject, None, Block | None]:
    """Take a line that begins no lease; gives back the lease that is open after it."""
    if opened is None:
        if line.lstrip().startswith(b"ends "):
            yield rejected(number, NO_LEASE, line)
    elif _closed(opened, line):
        yield opened
        return None
    elif opened.lines > MOST_LINES:
        yield from _unended(opened)
        return None
    return opened


def _closed(opened: Block, line: bytes) -> bool:
    """Take a line into a lease; whether it ends there."""
    opened.lines += 1
    if opened.depth == 1 and (statement := _STATEMENT.fullmatch(line)):
        opened.statements[statement[1]] = statement[2]
    elif line.rstrip().endswith(b"{"):
        opened.depth += 1
    elif line.strip() == b"}":
        opened.depth -= 1
    return opened.depth == 0


def _unended(opened: Block | None) -> Iterator[Reject]:
    if opened is not None:
        yield rejected(opened.line, UNENDED, opened.begins)
