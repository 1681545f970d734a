"""The reader of what NATs log of blocks of ports."""

import pytest

from tests.telemetry.told import LEASE, Row, leases
from tocsin.telemetry import cgnat_blocks

LOG = (LEASE / "nat.log").read_bytes()
GIVEN = b"2026-01-05 10:00:00 nat5 nfware: A VRF 0 INT 100.64.0.10 EXT 203.0.113.11:1024-1535\n"
TAKEN = GIVEN.replace(b"10:00:00", b"10:05:00").replace(b" A VRF", b" D VRF")


def block(lease: Row) -> tuple[object, ...]:
    until = lease.get("until")
    return (
        lease["address"],
        lease["port_low"],
        lease["port_high"],
        lease["subscriber"],
        f"{lease['time']:%d %H:%M}",
        until and f"{until:%d %H:%M}",
    )


def test_every_vendors_lines_become_blocks() -> None:
    found, outcome = leases(cgnat_blocks, LOG)
    assert sorted(map(block, found)) == [
        ("203.0.113.10", 3000, 4000, "inside:100.64.0.9", "05 09:00", None),
        ("203.0.113.11", 1024, 1535, "inside:100.64.0.10", "05 10:00", "05 10:05"),
        ("203.0.113.7", 1024, 1279, "inside:100.64.0.6", "05 10:20", None),
        ("203.0.113.7", 48640, 48895, "inside:100.64.0.5", "05 10:00", "05 11:00"),
        ("203.0.113.8", 1050, 1099, "inside:100.64.0.7", "05 10:00", "05 10:30"),
        ("203.0.113.9", 12544, 12671, "inside:100.64.0.8", "05 10:30", "15 10:30"),
    ]
    assert not outcome.rejects


def test_a_block_that_was_taken_back_unseen_ends_with_its_next_holder() -> None:
    other = GIVEN.replace(b"100.64.0.10", b"100.64.0.11").replace(b"10:00:00", b"10:30:00")
    found, _ = leases(cgnat_blocks, GIVEN + other)
    assert [(lease["subscriber"], block(lease)[4:]) for lease in found] == [
        ("inside:100.64.0.10", ("05 10:00", "05 10:30")),
        ("inside:100.64.0.11", ("05 10:30", None)),
    ]


def test_what_is_logged_twice_is_one_row() -> None:
    (lease,), _ = leases(cgnat_blocks, GIVEN + GIVEN + TAKEN + TAKEN)
    assert block(lease)[4:] == ("05 10:00", "05 10:05")


@pytest.mark.parametrize(
    "line, reason",
    [
        (GIVEN.replace(b"1024-1535", b"1535-1024"), "its last port is lower than its first"),
        (GIVEN.replace(b"1024-1535", b"1024-65536"), "high is not a port: '65536'"),
        (GIVEN.replace(b"203.0.113.11", b"203.0.113.311"), "outside is not an address: '203.0.113.311'"),
        (
            GIVEN.replace(b"2026-01-05", b"Jan  5"),
            "time is not a time with a year, as the log has to have it: 'Jan  5 10:00:00'",
        ),
        (GIVEN.replace(b" A VRF", b" B VRF"), "not a block of ports as a NAT logs it"),
        (
            b"1 2026 Jan 15 10:30:45 192.0.2.3 - - NAT44 - [UserbasedA - 100.64.0.8 V - 203.0.113.9 - 1 2][User]\n",
            "not a block of ports as a NAT logs it",
        ),
    ],
)
def test_lines_that_are_wrong_are_named(line: bytes, reason: str) -> None:
    found, outcome = leases(cgnat_blocks, line + GIVEN)
    assert outcome.reasons == {1: reason}
    assert len(found) == 1


def test_other_messages_are_left_out() -> None:
    found, outcome = leases(cgnat_blocks, b"2026-01-05 10:00:00 nat5 nfware: ready\n" + GIVEN)
    assert len(found) == 1
    assert not outcome.rejects


@pytest.mark.parametrize("line", LOG.splitlines())
def test_each_form_is_known(line: bytes) -> None:
    assert cgnat_blocks.recognise(line) is (b"other message" not in line)
