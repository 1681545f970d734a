"""Slips' thresholds for scans and failed look-ups, reimplemented from its documentation (Stratosphere Laboratory).

In a window of an hour: connections that were not established to five addresses or more on one port are a horizontal
scan, to five ports or more of one address a vertical one; ten answers NXDOMAIN or more are a sign of generated names.
"""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

TARGETS_MIN = 5
FAILED_MIN = 10
WINDOW_US = 3_600_000_000
HEADERS = 40


def accuse(flows: pa.Table) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Host, behaviour and peer of each scan. ``flows`` begin at local hosts."""
    addresses: dict[tuple[Any, ...], set[str]] = {}
    ports: dict[tuple[Any, ...], set[int]] = {}
    names = ("initiator", "responder", "responder_port", "protocol", "responder_packets", "responder_bytes")
    columns = [flows["time"].cast(pa.int64()).to_pylist(), *(flows[name].to_pylist() for name in names)]
    for time, host, peer, port, protocol, packets, size in zip(*columns, strict=True):
        if protocol not in ("tcp", "udp") or port is None or _established(packets, size):
            continue
        window = time // WINDOW_US
        addresses.setdefault((window, host, port, protocol), set()).add(peer)
        ports.setdefault((window, host, peer, protocol), set()).add(port)
    for (_, host, port, _protocol), targets in addresses.items():
        if len(targets) >= TARGETS_MIN:
            yield host, "scan_horizontal", {"address": next(iter(sorted(targets))), "port": port}
    for (_, host, peer, _protocol), tried in ports.items():
        if len(tried) >= TARGETS_MIN:
            yield host, "scan_vertical", {"address": peer, "port": None}


def _established(packets: int | None, size: int | None) -> bool:
    """Not known counts as established; packets of headers alone are refusals."""
    if packets is None or size is None:
        return (packets if packets is not None else size) != 0
    return packets > 0 and size > packets * HEADERS


def accuse_names(dns: pa.Table) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Host, behaviour and name of those whose look-ups fail."""
    failed: dict[tuple[int, str], list[str]] = {}
    columns = (dns["time"].cast(pa.int64()), dns["initiator"], dns["query"], dns["response_code"])
    for time, host, query, code in zip(*(column.to_pylist() for column in columns), strict=True):
        if code == "NXDOMAIN" and not query.endswith(".arpa"):
            failed.setdefault((time // WINDOW_US, host), []).append(query)
    for (_, host), names in failed.items():
        if len(names) >= FAILED_MIN:
            yield host, "dga", {"address": None, "port": None, "name": names[0]}
