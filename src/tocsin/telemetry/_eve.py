"""Suricata's EVE: one JSON object a line, each an event of some type."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.telemetry._blocks import Lines
from tocsin.telemetry._columns import Field, convert, replaced
from tocsin.telemetry._json_lines import parse_json
from tocsin.telemetry._rows import Reject, rejected
from tocsin.telemetry._values import INTEGER, TEXT, Values, address, instant, integer, short

Column: TypeAlias = "pa.ChunkedArray[Any]"

_TEXTS = pa.list_(TEXT)


def _members(*names: str, **others: pa.DataType) -> pa.DataType:
    return pa.struct([*((name, TEXT) for name in names), *others.items()])


_ANSWERS = pa.list_(_members("rrtype", "rdata", ttl=INTEGER))
GROUPED = ("A", "AAAA", "CNAME", "MX", "NS", "PTR")
TYPES: dict[str, pa.DataType] = {
    **dict.fromkeys(("timestamp", "event_type", "src_ip", "dest_ip", "proto", "app_proto", "direction"), TEXT),
    **dict.fromkeys(("flow_id", "src_port", "dest_port", "icmp_type", "icmp_code"), INTEGER),
    "flow": _members(
        *("start", "end", "state"),
        **dict.fromkeys(("pkts_toserver", "pkts_toclient", "bytes_toserver", "bytes_toclient"), INTEGER),
    ),
    "tcp": _members("tcp_flags_ts", "tcp_flags_tc"),
    "dns": _members(
        *("type", "rrname", "rrtype", "rcode", "rdata"),
        **dict.fromkeys(("version", "id", "ttl"), INTEGER),
        queries=pa.list_(_members("rrname", "rrtype")),
        answers=_ANSWERS,
        grouped=pa.struct([(name, _TEXTS) for name in GROUPED]),
    ),
    "tls": _members("sni", "version", "subject", "issuerdn", "certificate", "ja4", ja3=_members("hash")),
    "http": _members("hostname", "url", "http_user_agent", "http_method", status=INTEGER, length=INTEGER),
    "smtp": _members("helo", "mail_from", rcpt_to=_TEXTS),
    "ssh": pa.struct([("client", _members("software_version"))]),
    "alert": _members("action", "signature", "category", signature_id=INTEGER, severity=INTEGER),
}

_port = integer(0, 65535)


def _name(values: Values) -> Values:
    return short(values.cast(TEXT))


TIME = Field("timestamp", "time", instant, "a time", required=True)
ENDS = (
    Field("flow_id", "uid", _name, "a number"),
    Field("src_ip", "initiator", address, "an address", required=True),
    Field("src_port", "initiator_port", _port, "a port"),
    Field("dest_ip", "responder", address, "an address", required=True),
    Field("dest_port", "responder_port", _port, "a port"),
)


def events(block: Lines | Reject) -> Iterator[tuple[Lines, pa.Table] | Reject]:
    """The events of a block with their lines, and the lines that are none."""
    for part in parse_json([block], TYPES):
        yield part
        if not isinstance(part, Reject):
            lines, rows = part
            yield from _rejects(lines, dict.fromkeys(_places(pc.is_null(rows["event_type"])), "event_type is missing"))


def of_type(
    lines: Lines, rows: pa.Table, event_type: str, fields: Sequence[Field]
) -> Iterator[tuple[pa.Table, pa.Table] | Reject]:
    """Events of one type, as they came and with what ``fields`` make of their members, and those that are wrong.

    The name of a field is the way to its member: ``tls.ja3.hash``.
    """
    chosen = pc.equal(rows["event_type"], pa.scalar(event_type))
    if not pc.any(chosen).as_py():
        return
    found = rows.select(list(dict.fromkeys(field.name.partition(".")[0] for field in fields))).filter(chosen)
    source = pa.table({field.name: member(found, field.name) for field in fields})
    good, problems = convert(source, fields)
    if problems:
        places = _places(chosen)
        yield from _rejects(lines, {places[row]: problem for row, problem in problems.items()})
        found = found.filter(pa.array([row not in problems for row in range(found.num_rows)]))
    yield found, good


def member(rows: pa.Table, way: str) -> Column:
    """A member of each event; null where it, or what it is in, is not there."""
    first, *inner = way.split(".")
    column = rows[first]
    for name in inner:
        column = pc.struct_field(column, name)
    return column


def swapped(rows: pa.Table, turned: "Column | pa.BooleanArray") -> pa.Table:
    """Rows with their sides in each other's place where ``turned``."""
    for one, other in (("initiator", "responder"), ("initiator_port", "responder_port")):
        first, second = rows[one], rows[other]
        rows = replaced(rows, one, pc.if_else(turned, second, first))
        rows = replaced(rows, other, pc.if_else(turned, first, second))
    return rows


def _places(chosen: Any) -> list[int]:
    places: list[int] = pc.indices_nonzero(chosen).to_numpy().tolist()
    return places


def _rejects(lines: Lines, problems: dict[int, str]) -> Iterator[Reject]:
    numbered = lines.numbered() if problems else []
    for row, problem in sorted(problems.items()):
        yield rejected(numbered[row][0], problem, numbered[row][1])
