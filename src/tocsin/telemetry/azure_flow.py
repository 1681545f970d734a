"""Flow logs of Azure: of network security groups (versions 1 and 2) and of virtual networks, as JSON.

Reads: the documents that Azure lays into storage (``PT1H.json``, with ``records``), and the same records one a line.

Gives: flows. Azure names the side that began first and counts both directions, so each tuple is a row. What was denied
got no answer: the responder's counts are 0. The time of a row is that of the tuple.

Leaves out: tuples that say that a flow began (``B``) and was let pass, for it comes again with its counts as it goes on
(``C``) and ends (``E``), and rules, interfaces and encryption. Durations are not logged, nor TCP flags; version 1 has
no counts either.

Learn more: https://learn.microsoft.com/azure/network-watcher/vnet-flow-logs-overview,
    https://learn.microsoft.com/azure/network-watcher/nsg-flow-logs-overview
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.telemetry._azure import Record, azure_records
from tocsin.telemetry._blocks import LONGEST_LINE, Lines, joined
from tocsin.telemetry._columns import Field
from tocsin.telemetry._delimited import parse_delimited
from tocsin.telemetry._flows import count
from tocsin.telemetry._rows import Batch, CutOff, Reject, rejected
from tocsin.telemetry._stitch import stitched
from tocsin.telemetry._uniflow_table import address_fields, number_fields, port, uniflows_of, without
from tocsin.telemetry._values import INTEGER, TEXT, instant, integer

GROUP_ROWS = 1 << 16
_SIDES = ("time", "source", "target", "source_port", "target_port", "protocol", "direction")
_COUNTS = ("packets", "bytes", "reverse_packets", "reverse_bytes")
_MARKS = re.compile(rb'"(?:NetworkSecurityGroupFlowEvent|FlowLogFlowEvent)"')

_FIELDS = (
    Field("time", "start", instant, "a time", required=True),
    *number_fields("protocol_name", "flags"),
    *address_fields("source", "target"),
    Field("source_port", "sender_port", port, "a port"),
    Field("target_port", "receiver_port", port, "a port"),
    *(Field(name, name, count, "a count") for name in _COUNTS),
    Field("whole", "whole", integer(1, 1), "1", INTEGER),
)


@dataclass(frozen=True, slots=True)
class _Layout:
    """What the values of a tuple are."""

    columns: tuple[str, ...]
    separator: str = ","
    nulls: tuple[str, ...] = ("",)


GROUP_1 = _Layout((*_SIDES, "decision"))
GROUP_2 = _Layout((*_SIDES, "decision", "state", *_COUNTS))
NETWORK = _Layout((*_SIDES, "state", "encryption", *_COUNTS))


def recognise(head: bytes) -> bool:
    """Whether it begins with an object, and the category of a flow log stands in it."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and bool(_MARKS.search(head))


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:
    """Flows, and tuples that are none; for these the number of their record counts as line."""
    return stitched(uniflows_of(_parsed(content), _FIELDS, _shaped), sensor, sampling)


def _parsed(content: Iterable[bytes]) -> Iterator[tuple[Lines, pa.Table] | Reject]:
    groups: dict[_Layout, list[tuple[int, bytes]]] = {}
    cut = None
    records = azure_records(content)
    while True:
        try:
            part = next(records, None)
        except CutOff as end:
            cut, part = end, None
        if part is None:
            break
        if isinstance(part, Reject):
            yield part
            continue
        yield from _gather(*part, groups)
        if sum(map(len, groups.values())) >= GROUP_ROWS:
            yield from _tables(groups)
    yield from _tables(groups)
    if cut is not None:
        raise cut


def _gather(number: int, record: Record, groups: dict[_Layout, list[tuple[int, bytes]]]) -> Iterator[Reject]:
    try:
        layout, tuples = _tuples(record)
    except (KeyError, TypeError, AttributeError):
        yield rejected(number, "it is no record of a flow log", json.dumps(record)[:200].encode())
        return
    rows = groups.setdefault(layout, [])
    for line in tuples:
        if not isinstance(line, str) or "\n" in line or len(line) > LONGEST_LINE:
            yield rejected(number, "a tuple of it is no text of one line", str(line)[:200].encode())
        else:
            rows.append((number, line.encode("utf-8", "replace")))


def _tuples(record: Record) -> tuple[_Layout, list[Any]]:
    """Raises KeyError, TypeError or AttributeError for what is built in another way."""
    if "flowRecords" in record:
        flows = record["flowRecords"]["flows"]
        return NETWORK, [line for flow in flows for group in flow["flowGroups"] for line in group["flowTuples"]]
    properties: Mapping[str, Any] = record["properties"]
    layout = GROUP_1 if properties["Version"] == 1 else GROUP_2
    return layout, [line for rule in properties["flows"] for flow in rule["flows"] for line in flow["flowTuples"]]


def _tables(groups: dict[_Layout, list[tuple[int, bytes]]]) -> Iterator[tuple[Lines, pa.Table] | Reject]:
    names = (*_SIDES, "decision", "state", *_COUNTS)
    for layout, numbered in groups.items():
        if numbered:
            yield from parse_delimited([joined(numbered)], layout, lambda *_: None, b"\0", lambda _: None, names)
    groups.clear()


def _shaped(lines: Lines, rows: pa.Table) -> tuple[Lines, pa.Table]:
    """Tuples that count, the protocol by a name that is known, and what is known of flows that were denied."""
    state, decision = (pc.coalesce(rows[name], pa.scalar("")) for name in ("state", "decision"))
    denied = pc.or_(pc.equal(decision, pa.scalar("D")), pc.equal(state, pa.scalar("D")))
    begun = pc.and_(pc.equal(state, pa.scalar("B")), pc.invert(denied))
    for name in _COUNTS:
        # Of what was tried nothing is counted; what was denied got no answer.
        known = pa.scalar("0") if name.startswith("reverse_") else pa.scalar(None, TEXT)
        unsaid = pc.equal(pc.coalesce(rows[name], pa.scalar("0")), pa.scalar("0"))
        values = pc.if_else(pc.and_(denied, unsaid), known, rows[name])
        rows = rows.set_column(rows.column_names.index(name), name, values)
    lines, rows = without(lines, rows, begun)
    named = pc.replace_substring_regex(pc.replace_substring_regex(rows["protocol"], "^T$", "tcp"), "^U$", "udp")
    rows = rows.append_column("protocol_name", named)
    rows = rows.append_column("flags", pa.nulls(rows.num_rows, TEXT))
    return lines, rows.append_column("whole", pa.repeat(1, rows.num_rows))
