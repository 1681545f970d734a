"""Addresses in binary become text, each different one once."""

import socket
from collections.abc import Sequence
from ipaddress import ip_address

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tocsin.telemetry._uniflow import Integers
from tocsin.telemetry._values import TEXT, Values, canonical

_OCTETS = pa.array([str(octet) for octet in range(256)])
# What begins so is written in another way than the rest: IPv4 within IPv6, and ``::1``.
_NO_PREFIX = bytes(8)


def encoded(
    records: bytes, width: int, sender: Sequence[tuple[int, int]], receiver: Sequence[tuple[int, int]]
) -> tuple[Values, list[Integers]]:
    """Texts, and for both sides of each record the place of its address among them.

    Each side has one field or two, by offset and length: IPv4 (4 bytes) and IPv6 (16). Of two that of IPv4 counts,
    unless it is zero.
    """
    rows = len(records) // width
    texts: list[Values] = []
    found: dict[int, list[Integers]] = {}
    shift = 0
    for length, convert in ((4, _ipv4), (16, _ipv6)):
        places = [place[0] for side in (sender, receiver) for place in side if place[1] == length]
        if not places:
            continue
        raw = b"".join(np.ndarray((rows,), f"V{length}", records, at, (width,)).tobytes() for at in places)
        different, indices = convert(raw)
        texts.append(different)
        found[length] = list((indices + shift).reshape(len(places), rows))
        shift += len(different)
    return pa.concat_arrays(texts), [_chosen(records, width, side, found) for side in (sender, receiver)]


def address_text(packed: bytes) -> str:
    """Text of an address of 4 or 16 bytes, in the form of RFC 5952; IPv4 within IPv6 is IPv4.

    >>> address_text(bytes.fromhex("20010db8000000000000000000000001")), address_text(bytes([192, 0, 2, 1]))
    ('2001:db8::1', '192.0.2.1')
    """
    if len(packed) == 4:
        return socket.inet_ntop(socket.AF_INET, packed)
    if packed[:8] == _NO_PREFIX:
        return canonical(str(ip_address(packed))) or "::"
    return socket.inet_ntop(socket.AF_INET6, packed)


def _chosen(records: bytes, width: int, side: Sequence[tuple[int, int]], found: dict[int, list[Integers]]) -> Integers:
    options = [found[length].pop(0) for _, length in side]
    if len(options) == 1:
        return options[0]
    (at, _), _ = side
    old = np.ndarray((len(records) // width,), ">u4", records, at, (width,)) != 0
    return np.where(old, *options)


def _ipv4(raw: bytes) -> tuple[Values, Integers]:
    numbers = pa.array(np.frombuffer(raw, ">u4").astype(np.uint32)).dictionary_encode()
    different = numbers.dictionary.to_numpy()
    octets = [_OCTETS.take(pa.array((different >> shift) & 255)) for shift in (24, 16, 8, 0)]
    texts = pc.binary_join_element_wise(*octets, pa.repeat(".", len(different)))
    return texts, numbers.indices.to_numpy().astype(np.int64)


def _ipv6(raw: bytes) -> tuple[Values, Integers]:
    kind = pa.binary(16)
    whole = pa.FixedSizeBinaryArray.from_buffers(kind, len(raw) // 16, [None, pa.py_buffer(raw)])
    numbers = whole.dictionary_encode()
    texts = pa.array([address_text(bytes(packed or b"")) for packed in numbers.dictionary.to_pylist()], TEXT)
    return texts, numbers.indices.to_numpy().astype(np.int64)
