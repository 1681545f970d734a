"""The reader of Kea's lease files."""

import pytest

from tests.telemetry.told import LEASE, brief, leases
from tocsin.telemetry import kea_leases

FOUR, SIX = (LEASE / "kea-leases4.csv").read_bytes(), (LEASE / "kea-leases6.csv").read_bytes()
HEADER = FOUR.splitlines()[0] + b"\n"
DEVICE = "mac:02:00:5e:00:53:01"


def test_all_that_is_said_of_a_lease_is_one_row() -> None:
    found, outcome = leases(kea_leases, FOUR)
    assert sorted(map(brief, found)) == [
        # Given at :20 and renewed at :23 and :30.
        ("192.0.2.100", DEVICE, "15:34:20", "15:44:30"),
        # Released after the renewal at :23 and before the next lease.
        ("192.0.2.101", "mac:02:00:5e:00:53:02", "15:34:20", "15:34:23"),
        # Declined at :28.
        ("192.0.2.102", "mac:02:00:5e:00:53:03", "15:34:20", "15:34:28"),
        ("192.0.2.103", "mac:02:00:5e:00:53:04", "15:34:30", "15:44:30"),
        ("192.0.2.104", "mac:02:00:5e:00:53:02", "15:34:32", "15:44:32"),
    ]
    assert not outcome.rejects


def test_of_ipv6_prefixes_are_leased_too_and_clients_have_a_duid() -> None:
    found, outcome = leases(kea_leases, SIX)
    assert sorted(map(brief, found)) == [
        ("2001:db8:1100::/56", "mac:02:00:5e:00:53:01", "10:00:01", "11:00:01"),
        ("2001:db8:5::100", "mac:02:00:5e:00:53:01", "10:00:00", "11:30:00"),
        ("2001:db8:5::101", "client:0003000102005e005302", "10:10:00", None),
    ]
    assert not outcome.rejects


@pytest.mark.parametrize(
    "line, reason",
    [
        (b"192.0.2.300,02:00:5e:00:53:01,,600,1767607200,1,0,0,,0,", "address is not an address: '192.0.2.300'"),
        (b"192.0.2.1,02:00:5e:00:53:01,,600,,1,0,0,,0,", "expire is missing"),
        (b"192.0.2.1,02:00:5e:00:53:01,,600,99,1,0,0,,0,", "it begins before 1970"),
        (b"192.0.2.1,,,600,1767607200,1,0,0,,0,", "it names neither a device nor a client"),
        (b"192.0.2.1,02:00:5e:00:53:01,,600,1767607200,1,0,0", "11 columns expected, 8 found"),
        (b"192.0.2.1,02:00:5e:00:53:01,,-1,1767607200,1,0,0,,0,", "valid_lifetime is not a number of seconds: '-1'"),
    ],
)
def test_lines_that_are_wrong_are_named(line: bytes, reason: str) -> None:
    good = b"192.0.2.2,02:00:5e:00:53:02,,600,1767607200,1,0,0,,0,\n"
    found, outcome = leases(kea_leases, HEADER + line + b"\n" + good)
    assert outcome.reasons == {2: reason}
    assert len(found) == 1


def test_a_new_holder_ends_the_lease_of_the_old_one() -> None:
    rows = b"".join(
        b"192.0.2.1,02:00:5e:00:53:%02d,,600,%d,1,0,0,,0,\n" % (device, 1_767_607_200 + 600 + since)
        for device, since in ((1, 0), (2, 300), (2, 600), (1, 5000))
    )
    found, _ = leases(kea_leases, HEADER + rows)
    assert [(lease["subscriber"][-1], *brief(lease)[2:]) for lease in found] == [
        ("1", "10:00:00", "10:05:00"),
        ("2", "10:05:00", "10:20:00"),
        ("1", "11:23:20", "11:33:20"),
    ]


def test_what_is_written_again_is_not_doubled() -> None:
    once, twice = (leases(kea_leases, HEADER + b"".join(FOUR.splitlines(keepends=True)[1:5]) * n)[0] for n in (1, 2))
    assert sorted(map(brief, once)) == sorted(map(brief, twice))


@pytest.mark.parametrize(
    "head, known",
    [(FOUR, True), (SIX, True), (HEADER.replace(b"expire", b"ends"), False), (b"address\n", False), (b"", False)],
)
def test_a_lease_file_is_known_by_its_header(head: bytes, known: bool) -> None:
    assert kea_leases.recognise(head) is known
