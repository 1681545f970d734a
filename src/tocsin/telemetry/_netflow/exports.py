"""Export packets become uniflows: templates are learned, and what they describe is decoded in large groups."""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from tocsin.telemetry._netflow.groups import Group, decoded
from tocsin.telemetry._netflow.layouts import cut, layout
from tocsin.telemetry._netflow.packets import (
    FIRST_DATA_SET,
    IPFIX,
    IPFIX_HEADER,
    V5,
    V5_HEADER,
    V5_RECORD,
    V9_HEADER,
    Packet,
)
from tocsin.telemetry._netflow.sampling import MOST_SCOPES, Exporter, heed, valid
from tocsin.telemetry._netflow.templates import Field, Malformed, Template, split, templates
from tocsin.telemetry._rows import CutOff, Reject, rejected
from tocsin.telemetry._uniflow import UNKNOWN, Uniflows

# Records that are decoded together; enough that NumPy's calls cost nothing beside its work.
GROUP_ROWS = 1 << 17
GROUP_BYTES = 64 << 20
# More than the largest networks have; the exporter that came first is forgotten then, and sends its templates again.
MOST_TEMPLATES = 1 << 17
# Different kinds of records with data in one file. Each costs some calls whenever records are decoded.
MOST_KINDS = 2_000
# Data whose template has not come yet. Exporters send templates every few minutes.
MOST_WAITING_BYTES = 32 << 20
_OVERHEAD = 200

TEMPLATE_SETS, OPTIONS_SETS = (0, 2), (1, 3)

# Fields of a record of NetFlow v5, in the numbers of v9; 0 is what is not looked at.
_V5_FIELDS = (
    (8, 4),
    (12, 4),
    (0, 8),
    (2, 4),
    (1, 4),
    (22, 4),
    (21, 4),
    (7, 2),
    (11, 2),
    (0, 1),
    (6, 1),
    (4, 1),
    (0, 9),
)
V5_TEMPLATE = Template(tuple(Field(0 if element else UNKNOWN, element, length) for element, length in _V5_FIELDS))


class Scope(NamedTuple):
    """Whose templates hold: a version, an exporter's address, and its observation domain."""

    version: int
    exporter: bytes
    domain: int


class Header(NamedTuple):
    """What a packet says of all its records: its number, when it was sent, how long the exporter had run, the rate."""

    number: int
    export_us: int
    uptime_ms: int
    rate: int


@dataclass(slots=True)
class Exports:
    """What is known of all exporters of a file, and what waits to be decoded."""

    templates: dict[Scope, dict[int, Template]] = field(default_factory=dict)
    options: dict[Scope, dict[int, Template]] = field(default_factory=dict)
    learned: int = 0
    exporters: dict[Scope, tuple[int, Exporter]] = field(default_factory=dict)
    addresses: dict[bytes, int] = field(default_factory=dict)
    kinds: set[Template] = field(default_factory=set)
    groups: dict[Template, Group] = field(default_factory=dict)
    rows: int = 0
    size: int = 0
    waiting: dict[tuple[Scope, int], list[tuple[Header, bytes]]] = field(default_factory=dict)
    waiting_bytes: int = 0


def records(packets: Iterable[Packet | Reject]) -> Iterator[Uniflows | Reject]:
    """Flows in the records of export packets, and what cannot be read.

    Raises CutOff as ``packets`` does, after all that had come before it was given.
    """
    exports, ended = Exports(), None
    try:
        for packet in packets:
            if isinstance(packet, Reject):
                yield packet
                continue
            yield from _sets(exports, packet)
            if exports.rows >= GROUP_ROWS or exports.size >= GROUP_BYTES:
                yield from _decode(exports)
    except CutOff as end:
        ended = end
    yield from _decode(exports)
    yield from _in_vain(exports)
    if ended is not None:
        raise ended


def _sets(exports: Exports, packet: Packet) -> Iterator[Reject]:
    data = packet.data
    if data[1] == V5:
        yield from _v5(exports, packet)
        return
    scope, header, at = _header(packet)
    while at + 4 <= len(data):
        kind, length = struct.unpack_from(">HH", data, at)
        if not any(data[at:]):
            return
        if length < 4 or at + length > len(data):
            yield rejected(packet.number, "a set is longer than its packet, or shorter than its header", data[at:])
            return
        body = data[at + 4 : at + length]
        at += length
        if kind >= FIRST_DATA_SET:
            yield from _data(exports, scope, kind, header, body)
        elif kind in TEMPLATE_SETS or kind in OPTIONS_SETS:
            yield from _learn(exports, scope, header.number, body, kind in OPTIONS_SETS)


def _v5(exports: Exports, packet: Packet) -> Iterator[Reject]:
    _, count, uptime, seconds, nanoseconds, _, engine, sampling = struct.unpack_from(">HHIIIIHH", packet.data)
    header = Header(packet.number, seconds * 1_000_000 + nanoseconds // 1000, uptime, valid(sampling & 0x3FFF))
    body = packet.data[V5_HEADER : V5_HEADER + count * V5_RECORD]
    yield from _gather(exports, Scope(V5, packet.exporter, engine), V5_TEMPLATE, header, body)


def _header(packet: Packet) -> tuple[Scope, Header, int]:
    data = packet.data
    if data[1] == IPFIX:
        seconds, _, domain = struct.unpack_from(">III", data, 4)
        uptime, at = UNKNOWN, IPFIX_HEADER
    else:
        uptime, seconds, _, domain = struct.unpack_from(">IIII", data, 4)
        at = V9_HEADER
    header = Header(packet.number, seconds * 1_000_000, uptime, UNKNOWN)
    return Scope(data[1], packet.exporter, domain), header, at


def _learn(exports: Exports, scope: Scope, packet: int, body: bytes, options: bool) -> Iterator[Reject]:
    try:
        for number, template in templates(scope.version, body, options):
            if template is None:
                _withdraw(exports, scope, number)
            else:
                yield from _keep(exports, scope, number, template)
    except Malformed as flaw:
        yield rejected(packet, str(flaw), body)


def _keep(exports: Exports, scope: Scope, number: int, template: Template) -> Iterator[Reject]:
    if exports.learned >= MOST_TEMPLATES:
        oldest = next(iter(exports.templates or exports.options))
        for known in (exports.templates, exports.options):
            exports.learned -= len(known.pop(oldest, ()))
    _withdraw(exports, scope, number)
    known = exports.options if template.options else exports.templates
    known.setdefault(scope, {})[number] = template
    exports.learned += 1
    for header, held in exports.waiting.pop((scope, number), ()):
        exports.waiting_bytes -= len(held) + _OVERHEAD
        yield from _use(exports, scope, template, header, held)


def _withdraw(exports: Exports, scope: Scope, number: int) -> None:
    """Forget a template, or, where its number is that of a set of templates, all of that kind."""
    for known, sets in ((exports.templates, TEMPLATE_SETS), (exports.options, OPTIONS_SETS)):
        if number in sets:
            exports.learned -= len(known.pop(scope, ()))
        elif known.get(scope, {}).pop(number, None):
            exports.learned -= 1


def _data(exports: Exports, scope: Scope, number: int, header: Header, body: bytes) -> Iterator[Reject]:
    template = exports.templates.get(scope, {}).get(number) or exports.options.get(scope, {}).get(number)
    if template is not None:
        yield from _use(exports, scope, template, header, body)
        return
    exports.waiting.setdefault((scope, number), []).append((header, body))
    exports.waiting_bytes += len(body) + _OVERHEAD
    while exports.waiting_bytes > MOST_WAITING_BYTES:
        yield from _give_up(exports, next(iter(exports.waiting)))


def _use(exports: Exports, scope: Scope, template: Template, header: Header, body: bytes) -> Iterator[Reject]:
    if template.options:
        _, exporter = _exporter(exports, scope)
        for options in split(template, body):
            heed(exporter, options)
    elif template.fields:
        yield from _gather(exports, scope, template, header, body)


def _gather(exports: Exports, scope: Scope, template: Template, header: Header, body: bytes) -> Iterator[Reject]:
    group = exports.groups.get(template)
    if group is None:
        if len(exports.kinds) >= MOST_KINDS and template not in exports.kinds:
            yield rejected(header.number, f"more than {MOST_KINDS:,} kinds of records stand in the file", body)
            return
        exports.kinds.add(template)
        group = exports.groups[template] = Group(layout(template))
    if not group.shape.is_flow:
        return
    kept, count = cut(group.shape, body)
    if count:
        place, exporter = _exporter(exports, scope)
        group.add(kept, (count, *header, place), exporter)
        exports.rows += count
        exports.size += len(kept)


def _exporter(exports: Exports, scope: Scope) -> tuple[int, Exporter]:
    """The exporter's number, alike for all its domains, for each line card is one and sees one direction; its rates."""
    known = exports.exporters.get(scope)
    if known is None:
        if len(exports.exporters) >= MOST_SCOPES:
            exports.exporters.clear()
        if len(exports.addresses) < MOST_SCOPES:
            exports.addresses.setdefault(scope.exporter, len(exports.addresses))
        number = exports.addresses.get(scope.exporter, MOST_SCOPES)
        known = exports.exporters[scope] = (number, Exporter())
    return known


def _decode(exports: Exports) -> Iterator[Uniflows]:
    for group in exports.groups.values():
        if group.sets:
            yield decoded(group)
    exports.groups.clear()
    exports.rows = exports.size = 0


def _in_vain(exports: Exports) -> Iterator[Reject]:
    while exports.waiting:
        yield from _give_up(exports, next(iter(exports.waiting)))


def _give_up(exports: Exports, key: tuple[Scope, int]) -> Iterator[Reject]:
    scope, number = key
    for header, body in exports.waiting.pop(key):
        exports.waiting_bytes -= len(body) + _OVERHEAD
        yield rejected(header.number, f"no template {number} of observation domain {scope.domain} came", body)
