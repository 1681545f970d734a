"""The reader of leases as comma-separated values."""

import pytest

from tests.telemetry.told import LEASE, brief, leases
from tocsin.telemetry import lease_csv

TABLE = (LEASE / "leases.csv").read_bytes()
HEADER = TABLE.splitlines()[0] + b"\n"
GOOD = b"203.0.113.8,,,,line-1,2026-01-05T10:00:00Z,,\n"


def test_blocks_sessions_and_prefixes_are_leases() -> None:
    found, outcome = leases(lease_csv, TABLE)
    by_subscriber = {lease["subscriber"]: lease for lease in found}
    assert {name: (lease.get("port_low"), lease.get("port_high")) for name, lease in by_subscriber.items()} == {
        "account:line-4711": (1024, 2047),
        "account:line-4712": (2048, 3071),
        "account:line-4713": (40001, 40001),
        "mac:02:00:5e:00:53:01": (None, None),
    }
    assert brief(by_subscriber["account:line-4711"])[2:] == ("10:00:00", "13:00:00")
    assert brief(by_subscriber["account:line-4712"])[2:] == ("10:00:00", None)
    assert by_subscriber["account:line-4713"]["time"].microsecond == 500_000
    assert by_subscriber["mac:02:00:5e:00:53:01"]["address"] == "2001:db8:1100::/56"
    assert len(found) == 4
    assert not outcome.rejects


def test_columns_may_stand_in_any_order_and_only_three_are_needed() -> None:
    (lease,), _ = leases(lease_csv, b"from,subscriber,address\r\n2026-01-05 10:00:00,line-1,2001:DB8::1\r\n")
    assert brief(lease) == ("2001:db8::1", "account:line-1", "10:00:00", None)


@pytest.mark.parametrize(
    "line, reason",
    [
        (b"203.0.113.8,,,,line-1,2026-01-05T10:00:00Z,2026-01-05T09:00:00Z,\n", "it ends before it begins"),
        (b"203.0.113.8,1,,,line-1,2026-01-05T10:00:00Z,,\n", "it has one end of a block of ports and not the other"),
        (b"203.0.113.8,2,1,,line-1,2026-01-05T10:00:00Z,,\n", "its last port is lower than its first"),
        (b"203.0.113.8,,,70000,line-1,2026-01-05T10:00:00Z,,\n", "port is not a port: '70000'"),
        (b"203.0.113.8,,,,,2026-01-05T10:00:00Z,,\n", "subscriber is missing"),
        (b"203.0.113.8,,,,  ,2026-01-05T10:00:00Z,,\n", "subscriber is missing"),
        (b"203.0.113,,,,line-1,2026-01-05T10:00:00Z,,\n", "address is not an address or a prefix: '203.0.113'"),
        (b"2001:db8::1/56,,,,l,1767607200,,\n", "address is not an address or a prefix: '2001:db8::1/56'"),
        (b"203.0.113.8,,,,line-1,Jan 5 10:00,,\n", "from is not a time: 'Jan 5 10:00'"),
        (b"203.0.113.8,,\n", "8 columns expected, 3 found"),
    ],
)
def test_lines_that_are_wrong_are_named(line: bytes, reason: str) -> None:
    found, outcome = leases(lease_csv, HEADER + line + GOOD)
    assert outcome.reasons == {2: reason}
    assert len(found) == 1


@pytest.mark.parametrize(
    "head, known",
    [(TABLE, True), (b"address,subscriber,from\n", True), (b"address,subscriber\n", False), (b"", False)],
)
def test_a_table_is_known_by_its_header(head: bytes, known: bool) -> None:
    assert lease_csv.recognise(head) is known
