"""Messages of DNS on the wire (RFC 1035), as far as the vocabulary goes: question, code, addresses and names."""

import struct
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address

import dns.rcode
import dns.rdatatype

_A, _NS, _CNAME, _PTR, _MX, _AAAA, _SRV, _DNAME, _OPT = 1, 2, 5, 12, 15, 28, 33, 39, 41
# Types whose data is a name, and how many bytes stand before it.
_NAMED = {_NS: 0, _CNAME: 0, _PTR: 0, _MX: 2, _SRV: 6, _DNAME: 0}
# A name has at most 127 labels; pointers go backwards, so that none is followed for ever.
_MOST_LABELS = 127
_MOST_RECORDS = 512
_HEADER = struct.Struct(">6H").unpack_from
_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-_*/+")


class Malformed(Exception):
    """It is no message of DNS, or not one that can be read."""


@dataclass(frozen=True, slots=True)
class Message:
    """A query or an answer; ``code`` is null in a query."""

    number: int
    is_answer: bool
    query: str | None
    query_type: str | None
    code: str | None
    answers: list[str]
    ttl: int | None


def message(data: bytes) -> Message:
    """Read a message. What is wrong in an answer's records ends it there. Raises Malformed."""
    if len(data) < 12:
        raise Malformed("it is shorter than a header")
    number, flags, *counts = _HEADER(data)
    if flags >> 11 & 15 or counts[0] > 1:
        raise Malformed("it is no plain query")
    try:
        at, query, kind = _question(data) if counts[0] else (12, None, None)
    except IndexError:
        raise Malformed("it ends within its question") from None
    if not flags >> 15:
        return Message(number, False, query, kind, None, [], None)
    answers: list[str] = []
    ttls: list[int] = []
    code = flags & 15
    with suppress(IndexError, Malformed):
        code |= _records(data, at, counts[1:], answers, ttls) << 4
    return Message(number, True, query, kind, _code(code), answers, min(ttls, default=None))


def _question(data: bytes) -> tuple[int, str, str]:
    query, at = _name(data, 12)
    kind = data[at] << 8 | data[at + 1]
    data[at + 3]
    return at + 4, query, _type(kind)


def _records(data: bytes, at: int, counts: list[int], answers: list[str], ttls: list[int]) -> int:
    """Take what the answers say; gives the high bits of the code, which stand among the additional records."""
    high = 0
    for place in range(min(sum(counts), _MOST_RECORDS)):
        at = _skipped(data, at)
        kind, length = data[at] << 8 | data[at + 1], data[at + 8] << 8 | data[at + 9]
        begin, end = at + 10, at + 10 + length
        if end > len(data):
            raise Malformed("a record is cut off")
        if kind == _OPT:
            high = data[at + 4]
        elif place < counts[0]:
            ttls.append(int.from_bytes(data[at + 4 : at + 8], "big"))
            if (said := _said(data, kind, begin, end)) is not None:
                answers.append(said)
        at = end
    return high


def _said(data: bytes, kind: int, begin: int, end: int) -> str | None:
    """The address or name that a record gives."""
    if kind == _A and end - begin == 4:
        return "{}.{}.{}.{}".format(*data[begin:end])
    if kind == _AAAA and end - begin == 16:
        address = IPv6Address(data[begin:end])
        return str(address.ipv4_mapped or address)
    if kind in _NAMED:
        return _name(data, begin + _NAMED[kind])[0]
    return None


def _name(data: bytes, at: int) -> tuple[str, int]:
    """A name in lower case without its final dot (the root is ``.``), and where it ends. Raises Malformed, IndexError.

    >>> _name(b"\\x03WWW\\x07example\\x00", 0)
    ('www.example', 13)
    """
    labels: list[str] = []
    after, lowest, size = 0, at, 0
    while length := data[at]:
        if length >= 192:
            target = (length & 63) << 8 | data[at + 1]
            after = after or at + 2
            if target >= lowest:
                raise Malformed("a name points forward")
            at = lowest = target
            continue
        size += length + 1
        if length > 63 or size > 255 or len(labels) >= _MOST_LABELS:
            raise Malformed("a name is too long")
        label = data[at + 1 : at + 1 + length]
        at += length + 1
        labels.append(_label(label))
    return ".".join(labels) or ".", after or at + 1


def _skipped(data: bytes, at: int) -> int:
    """Where the name ends that begins there."""
    while length := data[at]:
        if length >= 192:
            return at + 2
        at += length + 1
    return at + 1


@lru_cache(1 << 14)
def _label(label: bytes) -> str:
    r"""A label in lower case; what is no letter of host names as RFC 1035 writes it: ``\046`` is a dot."""
    label = label.lower()
    if _PLAIN.issuperset(label):
        return label.decode()
    return "".join(chr(octet) if octet in _PLAIN else f"\\{octet:03d}" for octet in label)


@lru_cache(1 << 10)
def _type(kind: int) -> str:
    return dns.rdatatype.to_text(dns.rdatatype.RdataType.make(kind))


@lru_cache(1 << 10)
def _code(code: int) -> str:
    return dns.rcode.to_text(dns.rcode.Rcode.make(code))
