"""Flows that ``nfdump`` has printed: its lines for people, and its CSV.

Reads: lines as ``nfdump -o line``, ``long`` and ``extended`` print them, aligned by spaces or tabs, below their header;
and ``-o csv`` of nfdump 1.6 and 1.7, with its header. Times have no zone and are taken as UTC, so print with
``TZ=UTC``.

Gives: flows. Both directions of an exchange become one row, as for NetFlow. Counts such as ``1.2 M`` are as exact as
they are printed; ``-N`` prints them whole.

Leaves out: the summary at the end, labels, types of service, and what was aggregated to pairs (``<->``). CSV has times
of full seconds only. Rates of sampling are not printed, though counts may be scaled up: the files of nfcapd themselves
say more.

Learn more: https://github.com/phaag/nfdump
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.telemetry._blocks import Lines, blocks, joined
from tocsin.telemetry._columns import Field
from tocsin.telemetry._delimited import MOST_COLUMNS, parse_delimited
from tocsin.telemetry._flows import count
from tocsin.telemetry._rows import Batch, Reject, rejected
from tocsin.telemetry._stitch import stitched
from tocsin.telemetry._uniflow_table import address_fields, number_fields, port, uniflows_of
from tocsin.telemetry._values import INTEGER, TEXT, distinct, duration, local_instant

LINES_TRIED = 20
_UNITS = {"K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
# Headers of nfdump's lines, and what it prints at the end.
_BESIDE = re.compile(
    rb"Date (?:first seen|flow start)|Summary|Time window|Total flows|Sys:|No matching flows|flows,bytes"
)
_HEADER = re.compile(rb"Date (?:first seen|flow start)\s+(?:Event |XEvent |Duration)")
_COUNT = r"\d+(?:\.\d+)?(?:\s[KMGT])?"
_LINE = (
    r"^\s*(?P<day>\d{4}-\d\d-\d\d)\s+(?P<clock>\d\d:\d\d:\d\d(?:\.\d+)?)\s+(?P<duration>[\d:.]+)\s+(?P<protocol>\S+)\s+"
    r"(?P<source>[\d.]+:|[0-9a-fA-F:]+\.)(?P<source_port>\d+)(?:\.\d+)?\s+->\s+"
    r"(?P<target>[\d.]+:|[0-9a-fA-F:]+\.)(?P<target_port>\d+)(?:\.(?P<code>\d+))?\s+"
    rf"(?:(?P<flags>[A-Z.]{{6,8}}|0x[0-9a-f]+)\s+\d+\s+)?(?P<packets>{_COUNT})\s+(?P<bytes>{_COUNT})\s+\d"
)
_GROUPS = re.findall(r"\?P<(\w+)>", _LINE)
_CSV = ("ts", "te", "pr", "flg", "sa", "da", "sp", "dp", "ipkt", "ibyt")


def _seconds(said: str) -> str | None:
    """Seconds of a duration that is written with hours and minutes, or is none.

    >>> _seconds("01:00:01.500"), _seconds("2.5")
    ('3601.500', '2.5')
    """
    *larger, seconds = said.split(":")
    whole, _, fraction = seconds.partition(".")
    if len(larger) > 2 or not all(part.isdigit() for part in (*larger, whole)):
        return None
    total = int(whole) + sum(int(part) * 60**place for place, part in enumerate(reversed(larger), 1))
    return f"{total}.{fraction}" if fraction else str(total)


def _scaled(said: str) -> int | None:
    """A count that may be written in thousands or millions.

    >>> _scaled("1.2 M"), _scaled("17")
    (1200000, 17)
    """
    number, unit = (said[:-1], _UNITS[said[-1]]) if said[-1] in _UNITS else (said, 1)
    return round(float(number) * unit) if len(number) < 20 else None


_DURATION = distinct(_seconds)
_NUMBER = distinct(_scaled, INTEGER)
_LINE_FIELDS = (
    Field("time", "start", local_instant, "a time", required=True),
    Field("duration", "lasted", lambda values: duration(_DURATION(values)), "a duration"),
    *number_fields("protocol", "flags"),
    *address_fields("source", "target"),
    Field("source_port", "sender_port", port, "a port"),
    Field("target_port", "receiver_port", port, "a port"),
    Field("target_port", "icmp_type", port, "a type"),
    Field("code", "icmp_code", port, "a code"),
    Field("packets", "packets", _NUMBER, "a count"),
    Field("bytes", "bytes", _NUMBER, "a count"),
)
_CSV_FIELDS = (
    Field("ts", "start", local_instant, "a time", required=True),
    Field("te", "end", local_instant, "a time"),
    *number_fields("pr", "flg"),
    *address_fields("sa", "da"),
    Field("sp", "sender_port", port, "a port"),
    Field("port", "receiver_port", port, "a port"),
    Field("ipkt", "packets", count, "a count"),
    Field("ibyt", "bytes", count, "a count"),
)


@dataclass(frozen=True, slots=True)
class _Layout:
    """The columns that a header of nfdump's CSV names."""

    columns: tuple[str, ...] = ()
    separator: str = ","
    nulls: tuple[str, ...] = ("",)


def recognise(head: bytes) -> bool:
    """Whether one of the first lines is a header of nfdump's lines or of its CSV."""
    lines = head.split(b"\n")[:LINES_TRIED]
    return any(_HEADER.match(line) or _layout(line) for line in lines)


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:
    """Flows, and lines that are none."""
    pieces = iter(content)
    start = next(pieces, b"")
    parts = _flow_lines(blocks(chain([start], pieces)))
    if any(_layout(line) for line in start[: 1 << 16].split(b"\n")[:LINES_TRIED]):
        parsed = parse_delimited(parts, _Layout(), lambda _, line: _layout(line), b"ts,te,", _flaw, _CSV)
        rows = uniflows_of(parsed, _CSV_FIELDS, _whole_port)
    else:
        rows = uniflows_of(_matched(parts), _LINE_FIELDS, finish=_ended)
    return stitched(rows, sensor, sampling)


def _layout(line: bytes) -> _Layout | None:
    if not line.startswith(b"ts,te,"):
        return None
    return _Layout(tuple(name.strip() for name in line.decode("utf-8", "replace").split(",")[:MOST_COLUMNS]))


def _flaw(above: _Layout) -> str | None:
    missing = [name for name in _CSV if above.columns.count(name) != 1]
    return f"no header line above it names {missing[0]} once" if missing else None


def _flow_lines(parts: Iterable[Lines | Reject]) -> Iterator[Lines | Reject]:
    """Lines without headers for people and summaries. Below the summary of CSV stands one line of its figures."""
    below = False
    for part in parts:
        if isinstance(part, Reject):
            yield part
            continue
        kept = []
        for number, line in part.numbered():
            beside = _BESIDE.match(line)
            if line.strip() and not beside and not below:
                kept.append((number, line))
            below = line.startswith(b"flows,bytes")
        if kept:
            yield joined(kept)


def _matched(parts: Iterable[Lines | Reject]) -> Iterator[tuple[Lines, pa.Table] | Reject]:
    for part in parts:
        if isinstance(part, Reject):
            yield part
            continue
        numbered = part.numbered()
        texts = pa.array([line.decode("utf-8", "replace") for _, line in numbered], TEXT)
        found = pc.extract_regex(texts, _LINE)
        fits = pc.is_valid(found)
        if not pc.all(fits).as_py():
            flags = fits.to_pylist()
            for (number, line), fit in zip(numbered, flags, strict=True):
                if not fit:
                    yield rejected(number, "it is no flow as nfdump prints them", line)
            numbered = [pair for pair, fit in zip(numbered, flags, strict=True) if fit]
            found = found.filter(fits)
        if numbered:
            yield joined(numbered), _cleaned(pa.table({name: pc.struct_field(found, [name]) for name in _GROUPS}))


def _cleaned(rows: pa.Table) -> pa.Table:
    """Addresses without what parts them from their port, and day and clock as one."""
    for name in ("source", "target"):
        side = pc.utf8_slice_codeunits(rows[name], 0, -1)
        rows = rows.set_column(rows.column_names.index(name), name, side)
    spaces = pa.chunked_array([pa.repeat(" ", rows.num_rows)])
    return rows.append_column("time", pc.binary_join_element_wise(rows["day"], rows["clock"], spaces))


def _ended(rows: pa.Table) -> pa.Table:
    end = pc.add(rows["start"].cast(INTEGER), rows["lasted"])
    return rows.append_column("end", end)


def _whole_port(lines: Lines, rows: pa.Table) -> tuple[Lines, pa.Table]:
    """Of ICMP, some versions write type and code as the receiver's port, some as a number of both (``8.0``, 2048)."""
    parts = pc.extract_regex(pc.ascii_trim_whitespace(rows["dp"]), r"^(?P<type>\d{1,5})(?:\.(?P<code>\d{1,3}))?$")
    first, code = (pc.struct_field(parts, [name]) for name in ("type", "code"))
    apart = pc.greater(pc.binary_length(code), pa.scalar(0))
    code = pc.if_else(apart, code, pa.scalar(None, TEXT)).cast(INTEGER)
    both = pc.add(pc.multiply(first.cast(INTEGER), pa.scalar(256)), code)
    return lines, rows.append_column("port", pc.if_else(apart, both.cast(TEXT), first))
