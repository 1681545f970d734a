"""Every sample is known by one reader, and by no other."""

import gzip
from pathlib import Path

import pytest

from tests.telemetry.told import LEASE, RESOLVER, SAMPLES
from tocsin.units import units

HEAD = 1 << 16
READERS = {
    "bind.log": "bind_queries",
    "bind-local.log": "bind_queries",
    "bind-timeless.log": "bind_queries",
    "bind.dnstap": "dnstap",
    "unbound.log": "unbound",
    "unbound-without-year.log": "unbound",
    "powerdns-structured.log": "powerdns",
    "powerdns-without-year.log": "powerdns",
    "kea-leases4.csv": "kea_leases",
    "kea-leases6.csv": "kea_leases",
    "dhcpd.leases": "isc_dhcpd",
    "dhcpd6.leases": "isc_dhcpd",
    "radius-detail": "radius_detail",
    "nat.log": "cgnat_blocks",
    "leases.csv": "lease_csv",
    "dhcp.log": "zeek_dhcp",
}
OWN = sorted(set(READERS.values()))
FILES = sorted(file for folder in (RESOLVER, LEASE) for file in folder.iterdir() if file.suffix != ".md")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_sample_is_known_by_its_reader_alone(file: Path) -> None:
    head = file.read_bytes()[:HEAD]
    known = [unit.name for unit in units("tocsin.telemetry").values() if unit.load().recognise(head)]
    assert known == [READERS[file.name]]


def test_what_others_read_is_not_taken_for_names_or_leases(test_data: Path) -> None:
    folders = (SAMPLES / "zeek", SAMPLES / "argus", test_data / "captures", test_data / "decoders")
    files = [file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file()]
    assert len(files) > 500
    for file in files:
        with (gzip.open if file.suffix == ".gz" else Path.open)(file, "rb") as content:
            head = content.read(HEAD)
        known = [name for name in OWN if units("tocsin.telemetry")[name].load().recognise(head)]
        assert known == [] or "dhcp" in file.name, file


@pytest.mark.parametrize("name", OWN)
def test_text_that_a_client_chooses_does_not_make_a_log_another(name: str) -> None:
    bait = {
        "bind_queries": b"2026-01-05T10:00:00Z client 192.0.2.1#1 (a): query: a IN A + (192.0.2.2)",
        "unbound": b"[1767607200] unbound[1:0] query: 192.0.2.1 a. A IN",
        "powerdns": b"2026-01-05T10:00:00Z 1 [1/1] question for 'a|A' from 192.0.2.1:1",
        "cgnat_blocks": b"2026-01-05T10:00:00Z FIXED-NAT-PORTS 100.64.0.1->203.0.113.1:1-2",
    }.get(name, b"lease 192.0.2.1 { address,subscriber,from Acct-Status-Type = Start")
    for log in (b'{"ts":1.0,"uid":"C","user_agent":"%s"}\n', b"1.0\tC\t192.0.2.1\t%s\n"):
        assert not units("tocsin.telemetry")[name].load().recognise(log.replace(b"%s", bait))
