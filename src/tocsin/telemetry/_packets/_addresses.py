"""Addresses as text in the form of RFC 5952, each different one written once."""

from functools import lru_cache
from ipaddress import IPv6Address
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tocsin.telemetry._packets._distinct import distinct


def address_texts(octets: NDArray[np.uint8], family: NDArray[np.integer[Any]]) -> "pa.Array[Any]":
    """Addresses of 16 bytes each, IPv4 in the last four where ``family`` is 4. IPv4 mapped into IPv6 becomes IPv4.

    >>> mapped = np.frombuffer(bytes(10) + b"\\xff\\xff\\xc0\\x00\\x02\\x01", np.uint8).reshape(1, 16)
    >>> address_texts(mapped, np.array([6])).to_pylist()
    ['192.0.2.1']
    """
    named = np.empty((len(octets), 17), np.uint8)
    named[:, :16], named[:, 16] = octets, family
    places, addresses = distinct(named, 17)
    texts = [address_text(address[:16], address[16]) for address in addresses]
    return pa.array(texts, pa.string()).take(pa.array(places, pa.int64()))


@lru_cache(1 << 16)
def address_text(octets: bytes, family: int) -> str:
    """One address of 16 bytes.

    >>> address_text(bytes(12) + bytes([192, 0, 2, 1]), 4)
    '192.0.2.1'
    """
    if family == 4:
        return "{}.{}.{}.{}".format(*octets[12:])
    found = IPv6Address(octets)
    return str(found.ipv4_mapped or found)
