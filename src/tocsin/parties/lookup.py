"""Longest-prefix look-up: the most specific prefix that holds an address, for many addresses at once.

Prefixes are flattened into disjoint ranges, so that a look-up is one binary search (NumPy ``searchsorted``). Both
families share one table of 17-byte keys, the family before the address in network order: bytes sort as the numbers do,
and what is no address sorts before them all.
"""

import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

import numpy as np
import numpy.typing as npt

NONE = -1
_KEY = 17
_FAMILIES = {4: b"\x04", 6: b"\x06"}


@dataclass(frozen=True, slots=True)
class PrefixTable:
    """Prefixes, flattened. A prefix is named by its index in the sequence that the table was made of.

    From ``starts[i]`` on, ``owners[i]`` is the most specific prefix, or NONE; ``outer[index]`` is the next wider
    prefix around a prefix, or NONE.
    """

    starts: npt.NDArray[np.bytes_]
    owners: npt.NDArray[np.int64]
    outer: tuple[int, ...]

    def find(self, addresses: Sequence[str]) -> npt.NDArray[np.int64]:
        """For each address, the index of the most specific prefix that holds it, or NONE.

        Addresses are text; IPv6 may carry no zone. What is no address finds NONE. IPv4 within IPv6 is not unpacked.
        """
        keys = np.array([_key(address) for address in addresses], dtype=f"S{_KEY}")
        places = np.searchsorted(self.starts, keys, side="right") - 1
        return np.where(places >= 0, self.owners[places], NONE) if self.starts.size else np.full(len(keys), NONE)

    def around(self, index: int) -> list[int]:
        """The wider prefixes that hold a prefix, the most specific first."""
        found = []
        while (index := self.outer[index]) != NONE:
            found.append(index)
        return found


def prefix_table(prefixes: Iterable[str]) -> PrefixTable:
    """Flatten prefixes. Of two equal prefixes the later one is the more specific. Raises ValueError for what is none.

    >>> table = prefix_table(["192.0.2.0/24", "192.0.2.128/25", "2001:db8::/32"])
    >>> table.find(["192.0.2.1", "192.0.2.200", "2001:db8::1", "198.51.100.1"]).tolist()
    [0, 1, 2, -1]
    >>> table.around(1)
    [0]
    """
    spans = [_span(ip_network(prefix)) for prefix in prefixes]
    outer = [NONE] * len(spans)
    owner_from: dict[int, int] = {}
    nested: list[int] = []

    def leave(place: int) -> None:
        """Close the prefixes that end before ``place``: what lies behind them belongs to the one around."""
        while nested and spans[nested[-1]][1] < place:
            inner = nested.pop()
            owner_from[spans[inner][1] + 1] = outer[inner]

    for index in sorted(range(len(spans)), key=lambda index: (spans[index][0], -spans[index][1], index)):
        leave(spans[index][0])
        outer[index] = nested[-1] if nested else NONE
        owner_from[spans[index][0]] = index
        nested.append(index)
    leave(1 << 8 * _KEY)
    starts = sorted(owner_from)
    return PrefixTable(
        np.array([start.to_bytes(_KEY, "big") for start in starts], dtype=f"S{_KEY}"),
        np.array([owner_from[start] for start in starts], dtype=np.int64),
        tuple(outer),
    )


def _key(address: str) -> bytes:
    """Sort key of an address; empty for what is none."""
    try:
        if ":" in address:
            return _FAMILIES[6] + socket.inet_pton(socket.AF_INET6, address)
        return _FAMILIES[4] + socket.inet_pton(socket.AF_INET, address)
    except (OSError, ValueError):
        return b""


def _span(network: IPv4Network | IPv6Network) -> tuple[int, int]:
    """First and last key of a prefix, as numbers."""
    family = _FAMILIES[network.version]
    first = (family + network.network_address.packed).ljust(_KEY, b"\x00")
    last = (family + network.broadcast_address.packed).ljust(_KEY, b"\xff")
    return int.from_bytes(first, "big"), int.from_bytes(last, "big")
