"""Flows from Argus, as text: ``ra`` with a separator, or binetflow files.

Reads: lines of values below a header (``StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,…``), separated by
    comma, tab or semicolon, the columns in any order and others among them. Times as ``2026/01/05 10:00:00.5`` or
    in seconds since 1970. Write it with ``ra -n -u -Z b -c ,`` and the fields ``stime dur proto saddr sport dir daddr
    dport state spkts dpkts sbytes dbytes``.

Gives: flows. ``SrcAddr`` is the initiator, except where ``Dir`` says for TCP that the other side connected (``<-``).
    Where Argus does not know who began (``<?>``), the side that it saw first stands as the initiator. RTP, RTCP and UDT
    are UDP with that service. Of ICMP, type and code are read from what Argus writes as ports. Where a file gives one
    side and a total, the other side is the rest; where it gives all packets alone, they are one side's if the other
    sent no bytes, and else neither side's are known. States are in Zeek's words where the two surely mean the same.

Labels (``Label``) stand aside, where no detector sees them.

Leaves out: payload, types of service, and what is not IP: ARP, LLC, Argus' reports on itself. Times without a
    zone are taken as UTC, so write them with ``-u`` or ``TZ=UTC``. Ports that are written as names are not known, so
    write numbers (``-n``). Bytes are Argus' own, of frames with their link headers, so a little more than Zeek's.
    Columns that are aligned by spaces are not read, for an empty one cannot be seen.

Learn more: https://github.com/openargus/clients/blob/master/man/man1/ra.1,
    https://www.stratosphereips.org/datasets-ctu13
"""

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.telemetry._argus_counts import contradictory, sides
from tocsin.telemetry._argus_states import states
from tocsin.telemetry._argus_text import layout, parse_argus
from tocsin.telemetry._blocks import Lines, blocks
from tocsin.telemetry._columns import Field, converted, replaced
from tocsin.telemetry._flows import LONGEST_US, count, flow_batch, largest_count
from tocsin.telemetry._labels import LABEL, labelled
from tocsin.telemetry._protocols import INSIDE_UDP, protocol
from tocsin.telemetry._rows import Batch, Reject, rejected
from tocsin.telemetry._values import INTEGER, TEXT, address, distinct, duration, local_instant, lower, short, text

LINES_TRIED = 20
SIDES = (
    ("initiator", "responder"),
    ("initiator_port", "responder_port"),
    ("initiator_packets", "responder_packets"),
    ("initiator_bytes", "responder_bytes"),
)
MORE_THAN_ALL = "one side has more packets or bytes than both together"
# ``<-`` and its like with a reset or a timeout in the middle; ``<?`` does not know.
_REVERSED = r"<[-|o]$"


def recognise(head: bytes) -> bool:
    """Whether one of the first lines is the header of Argus' text."""
    return any(layout(line.removesuffix(b"\r")) for line in head.split(b"\n")[:LINES_TRIED])


def header(above: bytes, lines: bytes) -> bytes:
    """The header line that holds below ``lines``, when ``above`` held before: a log that grows can be read in parts."""
    if b"StartTime" not in lines:
        return above
    found = [line for line in lines.split(b"\n") if layout(line.removesuffix(b"\r"))]
    return found[-1] + b"\n" if found else above


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:
    """Flows, and lines that are none."""
    fields = _fields(sampling)
    for part in parse_argus(blocks(content), dict.fromkeys(field.name for field in fields)):
        if isinstance(part, Reject):
            yield part
            continue
        lines, rows = part
        numbered = rows.append_column("line", pa.array(range(rows.num_rows), INTEGER))
        for good in converted(lines, numbered, (*fields, Field("line", "line", text, "a number", INTEGER))):
            if isinstance(good, Reject):
                yield good
            else:
                yield from _flows(lines, good, sensor, sampling)


def _fields(sampling: int) -> tuple[Field, ...]:
    port, most = distinct(_port, INTEGER), largest_count(sampling)
    return (
        Field("StartTime", "time", local_instant, "a date and time", required=True),
        Field("Dur", "duration_us", duration, "a duration in seconds", largest=LONGEST_US),
        Field("Proto", "name", lower, "text"),
        Field("Proto", "protocol", distinct(protocol), "a known protocol", required=True),
        Field("SrcAddr", "initiator", address, "an address", required=True),
        Field("Sport", "initiator_port", port, "a port"),
        Field("Dir", "direction", text, "text"),
        Field("DstAddr", "responder", address, "an address", required=True),
        Field("Dport", "responder_port", port, "a port"),
        Field("State", "argus_state", short, "short printable text"),
        Field("TotPkts", "packets", count, "a count", largest=most),
        Field("SrcPkts", "initiator_packets", count, "a count", largest=most),
        Field("DstPkts", "responder_packets", count, "a count", largest=most),
        Field("TotBytes", "bytes", count, "a count", largest=most),
        Field("SrcBytes", "initiator_bytes", count, "a count", largest=most),
        Field("DstBytes", "responder_bytes", count, "a count", largest=most),
        Field("Label", "label", LABEL, "text", lenient=True),
    )


def _port(text: str) -> int | None:
    digits, base = (text[2:], 16) if text.startswith("0x") else (text, 10)
    if not digits.isalnum() or not digits.isascii() or len(digits) > 5:
        return None
    try:
        number = int(digits, base)
    except ValueError:
        return None
    return number if number <= 65535 else None


def _flows(lines: Lines, rows: pa.Table, sensor: str, sampling: int) -> Iterator[Batch | Reject]:
    rows = sides(rows)
    wrong = contradictory(rows)
    if pc.any(wrong).as_py():
        numbered = lines.numbered()
        yield from (
            rejected(numbered[row][0], MORE_THAN_ALL, numbered[row][1]) for row in rows.filter(wrong)["line"].to_numpy()
        )
        rows = rows.filter(pc.invert(wrong))
    rows = _turned(rows)
    inside = pc.is_in(rows["name"], pa.array(INSIDE_UDP))
    rows = rows.append_column("service", pc.if_else(inside, rows["name"], pa.scalar(None, TEXT)))
    rows = rows.append_column("state", _states(rows))
    yield flow_batch(rows.append_column("uid", pa.nulls(rows.num_rows, TEXT)), sensor, sampling)
    if rows["label"].null_count < rows.num_rows:
        yield labelled(rows, rows["label"], None, sensor)


def _turned(rows: pa.Table) -> pa.Table:
    """Where Argus says that the destination connected, the sides change places."""
    backwards = pc.match_substring_regex(pc.coalesce(rows["direction"], pa.scalar("")), _REVERSED)
    backwards = pc.and_(backwards, pc.equal(rows["protocol"], pa.scalar("tcp")))
    if not pc.any(backwards).as_py():
        return rows
    for one, other in SIDES:
        first, second = rows[one], rows[other]
        rows = replaced(rows, one, pc.if_else(backwards, second, first))
        rows = replaced(rows, other, pc.if_else(backwards, first, second))
    turned = pc.replace_substring_regex(rows["argus_state"], r"^([A-Z]*)_([A-Z]*)$", r"\2_\1")
    return replaced(rows, "argus_state", pc.if_else(backwards, turned, rows["argus_state"]))


def _states(rows: pa.Table) -> "pa.ChunkedArray[Any]":
    said = pc.binary_join_element_wise(
        rows["protocol"], rows["argus_state"], pa.chunked_array([pa.repeat(" ", rows.num_rows)])
    )
    found = pa.chunked_array([states(chunk) for chunk in said.chunks], TEXT)
    answered = pc.greater(rows["responder_bytes"], pa.scalar(0))
    # A word for a silent or an answered exchange counts only when the bytes agree, where they are known.
    silent, both = pc.equal(found, pa.scalar("S0")), pc.equal(found, pa.scalar("SF"))
    denied = pc.or_kleene(pc.and_kleene(silent, answered), pc.and_kleene(both, pc.invert(answered)))
    kept: pa.ChunkedArray[Any] = pc.if_else(pc.is_in(denied, pa.array([True])), pa.scalar(None, TEXT), found)
    return kept
