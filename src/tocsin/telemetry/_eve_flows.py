"""Flow events of EVE, with both directions counted, in the words of the vocabulary."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.telemetry._columns import Field, replaced
from tocsin.telemetry._eve import ENDS, Column
from tocsin.telemetry._flows import LONGEST_US, count, largest_count
from tocsin.telemetry._protocols import protocol
from tocsin.telemetry._values import INTEGER, TEXT, distinct, instant, integer, text, token

# What Suricata calls otherwise than Zeek; ``failed`` and ``unknown`` are no protocol.
_SERVICES = {
    "failed": None,
    "unknown": None,
    "tls": "ssl",
    "http1": "http",
    "http2": "http",
    "dcerpc": "dce_rpc",
    "krb5": "krb",
}
_FIN, _SYN, _RST = 1, 2, 4


def flow_fields(sampling: int) -> tuple[Field, ...]:
    """How the members of a flow event become columns; counts are bounded so that they can be scaled up."""
    most, code = largest_count(sampling), integer(0, 255)
    return (
        *ENDS,
        Field("flow.start", "time", instant, "a time", required=True),
        Field("flow.end", "end", instant, "a time"),
        Field("proto", "protocol", distinct(protocol), "a known protocol", required=True),
        Field("app_proto", "service", token, "a name"),
        Field("flow.state", "flow_state", text, "text"),
        Field("icmp_type", "type", code, "a type"),
        Field("icmp_code", "code", code, "a code"),
        Field("flow.pkts_toserver", "initiator_packets", count, "a count", largest=most),
        Field("flow.bytes_toserver", "initiator_bytes", count, "a count", largest=most),
        Field("flow.pkts_toclient", "responder_packets", count, "a count", largest=most),
        Field("flow.bytes_toclient", "responder_bytes", count, "a count", largest=most),
        Field("tcp.tcp_flags_ts", "initiator_flags", distinct(_flags, INTEGER), "flags", lenient=True),
        Field("tcp.tcp_flags_tc", "responder_flags", distinct(_flags, INTEGER), "flags", lenient=True),
    )


def flows(rows: pa.Table) -> pa.Table:
    """Rows that were read with these fields, with service, duration and state, and ICMP's types for ports."""
    for port, said in (("initiator_port", "type"), ("responder_port", "code")):
        rows = replaced(rows, port, pc.coalesce(rows[port], rows[said]))
    rows = replaced(rows, "service", _service(rows["service"]))
    lasted = pc.subtract(rows["end"].cast(INTEGER), rows["time"].cast(INTEGER))
    sane = pc.and_(pc.greater_equal(lasted, pa.scalar(0)), pc.less_equal(lasted, pa.scalar(LONGEST_US)))
    rows = rows.append_column("duration_us", pc.if_else(sane, lasted, pa.scalar(None, INTEGER)))
    cases = _cases(rows)
    for counted in ("responder_packets", "responder_bytes"):
        rows = replaced(rows, counted, pc.if_else(cases["S0"], pc.multiply(rows[counted], 0), rows[counted]))
    return rows.append_column("state", _first_that_holds(cases))


def _flags(text: str) -> int | None:
    try:
        return int(text, 16) & 0xFF
    except ValueError:
        return None


def _service(values: Column) -> Column:
    """Of the few services that there are, each is looked at once."""
    found = distinct(lambda name: _SERVICES.get(name, name))
    return pa.chunked_array([found(chunk) for chunk in values.chunks], TEXT)


def _cases(rows: pa.Table) -> dict[str, Any]:
    """Which of Zeek's words hold of which flow: none of those that began unseen.

    Suricata counts the ICMP errors that a packet meets as packets of the flow, so counts do not tell whether a flow was
    answered. The flags of its TCP packets do, and for UDP Suricata's own state.
    """
    ours, theirs = (rows[f"{side}_flags"].fill_null(pa.scalar(0)) for side in ("initiator", "responder"))
    udp, tcp = (pc.equal(rows["protocol"], pa.scalar(name)) for name in ("udp", "tcp"))
    new, established = (pc.is_in(rows["flow_state"], pa.array([state])) for state in ("new", "established"))
    began = pc.and_(tcp, _has(ours, _SYN))
    both_began = pc.and_(began, _has(theirs, _SYN))
    reset, ended = (pc.or_(_has(ours, flag), _has(theirs, flag)) for flag in (_RST, _FIN))
    both_ended = pc.and_(_has(ours, _FIN), _has(theirs, _FIN))
    silent = pc.and_(pc.equal(theirs, pa.scalar(0)), pc.invert(pc.or_(reset, ended)))
    refused = pc.and_(_has(theirs, _RST), pc.invert(pc.or_(_has(theirs, _SYN), ended)))
    return {
        "S0": pc.or_(pc.and_(udp, new), pc.and_(began, silent)),
        "REJ": pc.and_(began, refused),
        "SF": pc.or_(pc.and_(udp, established), pc.and_(both_began, pc.and_not(both_ended, reset))),
        "S1": pc.and_not(both_began, pc.or_(reset, ended)),
    }


def _first_that_holds(cases: dict[str, Any]) -> Column:
    held: Any = pc.make_struct(*cases.values(), field_names=list(cases))
    found: Column = pc.case_when(held, *(pa.scalar(word) for word in cases), pa.scalar(None, TEXT))
    return found


def _has(flags: Any, flag: int) -> Any:
    return pc.greater(pc.bit_wise_and(flags, pa.scalar(flag)), pa.scalar(0))
