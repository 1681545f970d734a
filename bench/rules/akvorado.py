"""The rule for floods published with Akvorado (V. Bernat, DDoS detection and remediation with Akvorado, 2023).

In a minute, to one address from one source port: 1 gigabit a second; 200 megabits a second over UDP; or 100 megabits a
second from more than 20 sources. (The fourth condition, by country of the sources, needs what flows do not have.)
"""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

MINUTE_US = 60_000_000
GIGABIT, UDP_GIGABIT, MANY_GIGABIT = 1.0, 0.2, 0.1
SOURCES_MIN = 20


def accuse(flows: pa.Table) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Host, behaviour and port of each address that is flooded. ``flows`` go from outside to local hosts."""
    sums: dict[tuple[Any, ...], list[Any]] = {}
    names = ("responder", "initiator_port", "protocol", "initiator", "initiator_bytes")
    moments = flows["time"].cast(pa.int64()).to_pylist()
    for time, host, port, protocol, source, size in zip(
        moments, *(flows[name].to_pylist() for name in names), strict=True
    ):
        entry = sums.setdefault((time // MINUTE_US, host, port, protocol), [0, set()])
        entry[0] += size or 0
        entry[1].add(source)
    for (_, host, port, protocol), (size, sources) in sums.items():
        gigabits = size * 8 / 60 / 1e9
        many = len(sources) > SOURCES_MIN and gigabits > MANY_GIGABIT
        if gigabits > GIGABIT or (protocol == "udp" and gigabits > UDP_GIGABIT) or many:
            yield host, "ddos_victim", {"address": None, "port": port}
