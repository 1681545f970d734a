"""One capture, recorded by several programs, gives the same hosts, peers and flows within each format's limits.

The limits, as the readers' docstrings have them. Zeek and Suricata write no flows of IGMP. Zeek names the two sides of
DHCP by their roles, others by who sent first. Suricata counts an ICMP error in the flow that it is about, and so has no
host that sent nothing else; it counts link headers and padding as bytes. And each parts a flow that pauses after a time
of its own.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.telemetry.reading import read_file
from tocsin.telemetry import pcap, suricata, zeek_conn

Row = dict[str, Any]

# What the capture lies there as: each reader with the file that it reads, and the bytes of a packet's link header.
FORMATS: dict[str, tuple[ModuleType, str, int]] = {
    "zeek": (zeek_conn, "conn.log.labeled", 0),
    "suricata": (suricata, "eve.json", 14),
    "pcap": (pcap, "test7-malicious.pcap.gz", 0),
}
# A frame has at least 60 bytes, of which the header of Ethernet takes 14 and that of IP at least 20.
MOST_PADDING = 60 - 14 - 20
# Answers of ICMP to what a host sent, which Zeek writes as flows of their own.
ERRORS = (3, 11)
WRITTEN = ("tcp", "udp", "icmp")


@pytest.fixture(scope="module")
def read() -> Callable[[Path, str], list[Row]]:
    def rows(test_data: Path, name: str) -> list[Row]:
        reader, file, _ = FORMATS[name]
        return read_file(reader, (test_data / "captures/idps-test7" / file).read_bytes()).rows

    return rows


def ends(row: Row) -> tuple[Any, ...]:
    """Both sides of a flow with their ports, whoever began."""
    sides = sorted([(row["initiator"], row["initiator_port"]), (row["responder"], row["responder_port"])])
    return row["protocol"], *sides


def by_peers(rows: list[Row], unit: str) -> Counter[tuple[str, ...]]:
    """Packets or bytes of each protocol between two hosts, in both directions together."""
    found: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        peers = (row["protocol"], *sorted((row["initiator"], row["responder"])))
        found[peers] += (row[f"initiator_{unit}"] or 0) + (row[f"responder_{unit}"] or 0)
    return found


def comparable(rows: list[Row]) -> list[Row]:
    """What each of the formats has: no ICMP errors, and no protocols but the three."""
    return [row for row in rows if row["protocol"] in WRITTEN and not _is_error(row)]


def _is_error(row: Row) -> bool:
    return row["protocol"] == "icmp" and row["initiator_port"] in ERRORS


@pytest.mark.parametrize("name", FORMATS)
def test_hosts_and_peers_are_the_same(test_data: Path, read: Callable[..., list[Row]], name: str) -> None:
    reference = comparable(read(test_data, "zeek"))
    assert by_peers(comparable(read(test_data, name)), "packets").keys() == by_peers(reference, "packets").keys()


@pytest.mark.parametrize("name", FORMATS)
def test_flows_are_the_same(test_data: Path, read: Callable[..., list[Row]], name: str) -> None:
    reference, rows = (
        {ends(row) for row in read(test_data, of) if row["protocol"] in ("tcp", "udp")} for of in ("zeek", name)
    )
    assert rows == reference
    assert len(rows) == 305


@pytest.mark.parametrize("name", FORMATS)
def test_packets_and_bytes_are_the_same(test_data: Path, read: Callable[..., list[Row]], name: str) -> None:
    reference, rows = (comparable(read(test_data, of)) for of in ("zeek", name))
    packets = by_peers(reference, "packets")
    assert by_peers(rows, "packets") == packets
    header = FORMATS[name][2]
    sizes = by_peers(rows, "bytes")
    for peers, size in by_peers(reference, "bytes").items():
        least = size + header * packets[peers]
        assert least <= sizes[peers] <= least + (MOST_PADDING * packets[peers] if header else 0), peers


@pytest.mark.parametrize("name", FORMATS)
def test_flows_are_answered_or_not_alike(test_data: Path, read: Callable[..., list[Row]], name: str) -> None:
    """A scan is seen by what stays unanswered: the two must not differ in it."""
    reference, rows = (
        {ends(row) for row in read(test_data, of) if row["protocol"] == "tcp" and not row["responder_packets"]}
        for of in ("zeek", name)
    )
    assert rows == reference
    assert len(rows) > 100
