"""Flows from files that ``nfcapd`` and its like write (nfdump 1.6 and 1.7), read by ``nfdump``.

Reads: what ``nfcapd``, ``sfcapd`` and ``nfpcapd`` leave in their folders, compressed by them (LZO, LZ4, bzip2) or not.
The program ``nfdump`` of Debian's package of that name reads the file, without a shell and within bounds of time and
size. The file that is still being written (``nfcapd.current``) is to be left alone until it is rotated.

Gives: flows. Both directions of an exchange, which routers export one by one, become one row, as for NetFlow. Counts of
the way out beside those of the way in are the other direction's where they differ, as firewalls and RFC 5103 have it;
where they are alike, a router counted the same packets twice. The sampling rate that an exporter stated is a row's; its
counts were scaled up by nfcapd already. Where none was stated, ``--sampling`` holds, and counts are multiplied by it.

Leaves out: addresses that were translated, interfaces, AS numbers, and records without packets and bytes (a firewall's
note that a flow began). A rate that nfcapd was started with (``-s``) scales counts and stands nowhere in the file: such
rows say that every packet was looked at.

Learn more: https://github.com/phaag/nfdump
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.telemetry._blocks import Lines, blocks
from tocsin.telemetry._columns import Field, replaced
from tocsin.telemetry._delimited import parse_delimited
from tocsin.telemetry._flows import count
from tocsin.telemetry._nfdump import NOTHING, SEPARATOR, TAGS, flows, sampling_rates
from tocsin.telemetry._rows import Batch, Reject
from tocsin.telemetry._spool import spooled
from tocsin.telemetry._stitch import stitched
from tocsin.telemetry._uniflow import Uniflows
from tocsin.telemetry._uniflow_table import address_fields, number_fields, port, uniflows_of
from tocsin.telemetry._values import INTEGER, local_instant, text

# In the byte order of the machine that wrote it; then the version of the layout, 1 or 2.
MAGICS = (b"\x0c\xa5\x01\x00", b"\x0c\xa5\x02\x00", b"\xa5\x0c\x00\x01", b"\xa5\x0c\x00\x02")

_FIELDS = (
    Field("ts", "start", local_instant, "a time", required=True),
    Field("te", "end", local_instant, "a time"),
    *number_fields("pr", "flg"),
    *address_fields("sa", "da"),
    Field("sp", "sender_port", port, "a port"),
    Field("port", "receiver_port", port, "a port"),
    Field("type", "icmp_type", port, "a type"),
    Field("code", "icmp_code", port, "a code"),
    Field("ipkt", "packets", count, "a count"),
    Field("ibyt", "bytes", count, "a count"),
    Field("opkt", "packets_out", count, "a count"),
    Field("obyt", "bytes_out", count, "a count"),
    Field("exp", "number", count, "a number"),
    Field("ra", "exporter", text, "text"),
)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Lines of nfdump have the columns that it was asked for."""

    separator: str = SEPARATOR
    columns: tuple[str, ...] = TAGS
    nulls: tuple[str, ...] = field(default=("",))


def recognise(head: bytes) -> bool:
    """Whether it begins as nfcapd's files do."""
    return head[:4] in MAGICS


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:
    """Flows, and records that are none. Raises Unreadable where nfdump is missing or refuses the file."""
    with spooled(content, ".nfcapd") as path:
        rates = sampling_rates(path)
        with flows(path) as text:
            yield from stitched(_records(text, rates), sensor, sampling)


def _records(written: Iterator[bytes], rates: Mapping[int, int]) -> Iterator[Uniflows | Reject]:
    parsed = parse_delimited(blocks(written), _Layout(), _heed, NOTHING, lambda _: None, TAGS)
    return uniflows_of(parsed, _FIELDS, _trimmed, lambda rows: _sampled(_both_ways(rows), rates))


def _heed(layout: _Layout, line: bytes) -> _Layout | None:
    return layout if line.startswith(NOTHING) else None


def _trimmed(lines: Lines, rows: pa.Table) -> tuple[Lines, pa.Table]:
    """Columns without the spaces that align them, and the parts of the receiver's port: ``8.0``, type and code of
    ICMP."""
    rows = pa.table({name: pc.ascii_trim_whitespace(rows[name]) for name in rows.column_names})
    parts = pc.extract_regex(rows["dp"], r"^(?P<type>\d+)(?:\.(?P<code>\d+))?$")
    rows = rows.append_column("port", pc.struct_field(parts, ["type"]))
    for name in ("type", "code"):
        rows = rows.append_column(name, pc.struct_field(parts, [name]))
    return lines, rows


def _both_ways(rows: pa.Table) -> pa.Table:
    """Tell what the counts of the way out are: the other direction's, the same packets', or the only ones."""
    out = pc.greater(pc.add(rows["packets_out"], rows["bytes_out"]), pa.scalar(0))
    none_in = pc.equal(pc.add(rows["packets"], rows["bytes"]), pa.scalar(0))
    alike = pc.and_(pc.equal(rows["packets"], rows["packets_out"]), pc.equal(rows["bytes"], rows["bytes_out"]))
    whole = pc.and_(out, pc.invert(pc.or_(none_in, alike)))
    for name in ("packets", "bytes"):
        reverse = pc.if_else(whole, rows[f"{name}_out"], pa.scalar(None, INTEGER))
        rows = replaced(rows, name, pc.if_else(none_in, rows[f"{name}_out"], rows[name]))
        rows = rows.append_column(f"reverse_{name}", reverse)
    counted = pc.greater(pc.add(rows["packets"], rows["bytes"]), pa.scalar(0))
    return rows.append_column("whole", whole.cast(INTEGER)).filter(counted)


def _sampled(rows: pa.Table, rates: Mapping[int, int]) -> pa.Table:
    if not rates:
        return rows
    known = pa.array(list(rates), INTEGER)
    place = pc.index_in(rows["number"], known)
    rate: Any = pc.take(pa.chunked_array([list(rates.values())], INTEGER), place)
    rows = rows.append_column("sampling", rate)
    # What nfcapd knew the rate of, it has scaled up.
    return rows.append_column("factor", pc.if_else(pc.is_valid(rate), pa.scalar(1), pa.scalar(None, INTEGER)))
