"""Argus' text: a header line that names the columns, and one flow a line."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.telemetry._blocks import Lines, joined
from tocsin.telemetry._columns import replaced
from tocsin.telemetry._delimited import MOST_COLUMNS, parse_delimited
from tocsin.telemetry._protocols import protocol
from tocsin.telemetry._rows import Reject
from tocsin.telemetry._values import TEXT, distinct

# No bar: Argus writes one within ``Dir``.
SEPARATORS = ",\t;"
REQUIRED = ("StartTime", "Proto", "SrcAddr", "DstAddr")

# Argus sees the link below IP as well, and reports on itself (``man``).
NOT_IP = ("arp", "llc", "man", "rarp")
_MAC = r"^[0-9A-Fa-f]{1,2}(?::[0-9A-Fa-f]{1,2}){5}$"

PORTED = ("tcp", "udp", "33", "132", "136")

# A name from /etc/services; it may begin with digits (``3com-tsmux``).
_SERVICE = r"^(?:[1-9]\d*)?[A-Za-z][\w.+/*-]*$"


@dataclass(frozen=True, slots=True)
class Layout:
    """What the header line above a row says."""

    separator: str = ","
    columns: tuple[str, ...] = ()
    nulls: tuple[str, ...] = ("",)


def layout(line: bytes) -> Layout | None:
    """What a header line says; None for a line that is none.

    >>> layout(b"StartTime;Proto;SrcAddr;DstAddr").columns
    ('StartTime', 'Proto', 'SrcAddr', 'DstAddr')
    """
    if b"StartTime" not in line:
        return None
    header = line.decode("utf-8", "replace").removeprefix("\ufeff")
    for separator in SEPARATORS:
        columns = tuple(name.strip() for name in header.split(separator)[: MOST_COLUMNS + 1])
        if {"StartTime", "SrcAddr", "DstAddr"} <= set(columns):
            return Layout(separator, columns)
    return None


def parse_argus(blocks: Iterable[Lines | Reject], names: Iterable[str]) -> Iterator[tuple[Lines, pa.Table] | Reject]:
    """Rows of IP traffic: the columns ``names`` as text without padding, with their lines, and lines that are no rows.

    Raises Unreadable for more than 100 different headers.
    """
    names = list(names)
    for part in parse_delimited(
        blocks, Layout(), lambda _, line: layout(line), b"StartTime", lambda above: _flaw(above, names), names
    ):
        if isinstance(part, Reject):
            yield part
        else:
            lines, rows = part
            trimmed = [pc.ascii_trim_whitespace(rows[name].fill_null(pa.scalar(""))) for name in names]
            lines, rows = _only_ip(lines, pa.table(trimmed, names))
            yield lines, _numeric_ports(rows)


def _flaw(above: Layout, names: Sequence[str]) -> str | None:
    if not above.columns:
        return "no header line with StartTime, SrcAddr and DstAddr stands above it"
    if len(above.columns) > MOST_COLUMNS:
        return f"the header line names more than {MOST_COLUMNS:,} columns"
    unclear = [
        name for name in names if above.columns.count(name) > 1 or (name in REQUIRED and name not in above.columns)
    ]
    return f"the header line does not name {unclear[0]} once" if unclear else None


def _only_ip(lines: Lines, rows: pa.Table) -> tuple[Lines, pa.Table]:
    is_link = pc.match_substring_regex(rows["SrcAddr"], _MAC)
    below = pc.or_(is_link, pc.is_in(pc.ascii_lower(rows["Proto"]), pa.array(NOT_IP)))
    if not pc.any(below).as_py():
        return lines, rows
    kept = [pair for pair, left_out in zip(lines.numbered(), below.to_pylist(), strict=True) if not left_out]
    return joined(kept), rows.filter(pc.invert(below))


def _numeric_ports(rows: pa.Table) -> pa.Table:
    """What is no number of a port becomes blank: names, and whatever stands there for protocols without ports."""
    found = pa.chunked_array([distinct(protocol)(chunk) for chunk in rows["Proto"].chunks], TEXT)
    # Of a protocol that is not known the row is refused anyway, with its own reason.
    ported = pc.or_(pc.is_in(found, pa.array(PORTED)), pc.is_null(found))
    is_icmp = pc.is_in(found, pa.array(["icmp"]))
    source, target = rows["Sport"], rows["Dport"]
    # Of ICMP, Argus writes code and type as one number of four hexadecimal digits, then the identifier.
    both = pc.and_(is_icmp, pc.match_substring_regex(source, "^0x[0-9A-Fa-f]{4}$"))
    kind = pc.if_else(both, pc.utf8_replace_slice(source, 2, 4, ""), source)
    code = pc.if_else(both, pc.utf8_slice_codeunits(source, 0, 4), target)
    code = pc.if_else(pc.and_(is_icmp, pc.equal(source, pa.scalar(""))), source, code)
    for name, values in (("Sport", kind), ("Dport", code)):
        is_number = pc.invert(pc.match_substring_regex(values, _SERVICE))
        is_port = pc.or_(is_icmp, pc.and_(ported, is_number))
        rows = replaced(rows, name, pc.if_else(is_port, values, pa.scalar("")))
    return rows
