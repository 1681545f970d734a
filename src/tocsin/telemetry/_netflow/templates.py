"""Templates: what stands where in the records of an exporter."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from tocsin.telemetry._netflow.packets import FIRST_DATA_SET, IPFIX, V9

VARIABLE = 0xFFFF
# RFC 5103: the same element, of the other direction.
REVERSE = 29305
_ENTERPRISE_BIT = 0x8000
# Of one record no more fits into a datagram.
MOST_FIELDS = 16_000


class Field(NamedTuple):
    """One information element: who defined it (0: IANA or Cisco), its number, and its length in bytes."""

    enterprise: int
    element: int
    length: int


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """The fields of a record in their order. ``scopes``: how many of the first say what an options record is about.

    Two templates are the same when they are one object, which makes looking things up by them cheap.
    """

    fields: tuple[Field, ...]
    scopes: int = 0
    options: bool = False

    @property
    def smallest(self) -> int:
        """Bytes of the shortest record."""
        return sum(1 if field.length == VARIABLE else field.length for field in self.fields)


class Malformed(Exception):
    """A set whose bytes are no templates."""


def templates(version: int, body: bytes, options: bool) -> Iterator[tuple[int, Template | None]]:
    """Templates in the body of a set, by number; None for one that is withdrawn. Raises Malformed."""
    at = 0
    # What is shorter than a template is padding.
    while at + 4 <= len(body):
        number, count = struct.unpack_from(">HH", body, at)
        if number == 0 and not any(body[at:]):
            return
        if version == IPFIX and count == 0:
            yield number, None
            at += 4
            continue
        if number < FIRST_DATA_SET:
            raise Malformed(f"a template has the number {number}, which is no template's")
        template, at = _template(version, body, at, options)
        yield number, template


def _template(version: int, body: bytes, at: int, options: bool) -> tuple[Template, int]:
    _, count = struct.unpack_from(">HH", body, at)
    scopes = 0
    at += 4
    if options:
        if at + 2 > len(body):
            raise Malformed("a template of options is cut off")
        (second,) = struct.unpack_from(">H", body, at)
        at += 2
        # NetFlow v9 gives the bytes of scopes and of options, IPFIX the number of all and of scopes.
        scopes, count = (count // 4, count // 4 + second // 4) if version == V9 else (second, count)
    fields, at = _fields(version, body, at, count)
    return _shared(fields, scopes, options), at


def _fields(version: int, body: bytes, at: int, count: int) -> tuple[tuple[Field, ...], int]:
    fields: list[Field] = []
    for _ in range(min(count, MOST_FIELDS)):
        if at + 4 > len(body):
            raise Malformed(f"a template of {count} fields is cut off after {len(fields)}")
        element, length = struct.unpack_from(">HH", body, at)
        at += 4
        enterprise = 0
        if version == IPFIX and element & _ENTERPRISE_BIT:
            if at + 4 > len(body):
                raise Malformed("the enterprise of a field is cut off")
            (enterprise,) = struct.unpack_from(">I", body, at)
            element &= ~_ENTERPRISE_BIT
            at += 4
        # In NetFlow v9 every length is what it says.
        fields.append(Field(enterprise, element, length if version == IPFIX else min(length, VARIABLE - 1)))
    return tuple(fields), at


@lru_cache(1 << 12)
def _shared(fields: tuple[Field, ...], scopes: int, options: bool) -> Template:
    """Exporters send their templates again and again, and many exporters send the same."""
    return Template(fields, scopes, options)


def split(template: Template, body: bytes) -> Iterator[dict[tuple[int, int], bytes]]:
    """Records of a set one by one: the bytes of each element. For options, of which there are few."""
    at, smallest = 0, max(template.smallest, 1)
    while at + smallest <= len(body):
        record: dict[tuple[int, int], bytes] = {}
        for place, field in enumerate(template.fields):
            length, at = measured(field.length, body, at)
            key = (field.enterprise, field.element) if place >= template.scopes else (-1, field.element)
            record.setdefault(key, body[at : at + length])
            at += length
        if at > len(body):
            return
        yield record


def measured(length: int, body: bytes, at: int) -> tuple[int, int]:
    """Length of a field, and where it begins; one of variable length says so before it (RFC 7011, 7)."""
    if length != VARIABLE:
        return length, at
    if at >= len(body):
        return 0, len(body) + 1
    if body[at] < 255:
        return body[at], at + 1
    return int.from_bytes(body[at + 1 : at + 3], "big"), at + 3
