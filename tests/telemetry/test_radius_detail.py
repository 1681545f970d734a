"""The reader of RADIUS accounting."""

import re

import pytest

from tests.telemetry.told import LEASE, brief, leases
from tocsin.telemetry import radius_detail

DETAIL = (LEASE / "radius-detail").read_bytes()


def record(status: bytes = b"Start", clock: bytes = b"10:00:00", more: bytes = b"", user: bytes = b"line-1") -> bytes:
    return (
        b'Mon Jan  5 10:00:00 2026\n\tAcct-Status-Type = %s\n\tUser-Name = "%s"\n\tFramed-IP-Address = 203.0.113.1\n'
        b'\tEvent-Timestamp = "Jan  5 2026 %s UTC"\n%s\tTimestamp = 1767607260\n\n' % (status, user, clock, more)
    )


def spent(seconds: int) -> bytes:
    return b"\tAcct-Session-Time = %d\n" % seconds


def test_what_freeradius_wrote_becomes_one_row_an_address() -> None:
    found, outcome = leases(radius_detail, DETAIL)
    lines = sorted((lease["address"], lease["subscriber"], "until" in lease) for lease in found)
    assert lines == [
        ("2001:db8:10::/64", "account:line-1002@isp.example", True),
        ("2001:db8:1100::/56", "account:line-1002@isp.example", True),
        ("203.0.113.10", 'account:line "1004" x@isp.example', False),
        ("203.0.113.10", "account:line-1001@isp.example", True),
        ("203.0.113.11", "account:line-1002@isp.example", True),
        ("203.0.113.12", "account:line-1003@isp.example", False),
        ("203.0.113.13", "account:line-1005@isp.example", False),
        ("203.0.113.14", "account:line-1006@isp.example", True),
    ]
    lengths = {lease["subscriber"]: lease["until"] - lease["time"] for lease in found if "until" in lease}
    assert {name: length.total_seconds() for name, length in lengths.items()} == {
        "account:line-1001@isp.example": 5400,
        "account:line-1002@isp.example": 6400,
        "account:line-1006@isp.example": 100,
    }
    assert not outcome.rejects


def test_what_is_sent_again_or_comes_late_changes_nothing() -> None:
    start, stop = record(), record(b"Stop", b"11:00:00", spent(3600))
    late = record(b"Interim-Update", b"10:30:00", spent(1800))
    for log in (start + stop, start + start + late + stop + stop, start + stop + late + start, late + stop):
        (lease,), _ = leases(radius_detail, log)
        assert brief(lease) == ("203.0.113.1", "account:line-1", "10:00:00", "11:00:00")


def test_a_session_that_was_not_stopped_ends_with_the_next_holder() -> None:
    found, _ = leases(radius_detail, record() + record(clock=b"12:00:00", user=b"line-2"))
    assert sorted(map(brief, found)) == [
        ("203.0.113.1", "account:line-1", "10:00:00", "12:00:00"),
        ("203.0.113.1", "account:line-2", "12:00:00", None),
    ]


def test_a_device_is_the_same_as_in_dhcp_however_it_is_written() -> None:
    found, _ = leases(radius_detail, record(user=b"0200.5E00.5301"))
    assert found[0]["subscriber"] == "mac:02:00:5e:00:53:01"
    station = re.sub(rb"\tUser-Name.*\n", b'\tCalling-Station-Id = "02-00-5E-00-53-01"\n', record())
    assert leases(radius_detail, station)[0][0]["subscriber"] == "mac:02:00:5e:00:53:01"


@pytest.mark.parametrize("zone", [b"CET", b"EST"])
def test_an_event_in_another_zone_gives_way_to_seconds(zone: bytes) -> None:
    late = record(more=b"\tAcct-Delay-Time = 60\n").replace(b"UTC", zone)
    (lease,), _ = leases(radius_detail, late)
    assert brief(lease)[2] == "10:00:00"


@pytest.mark.parametrize(
    "log, reason",
    [
        (record().replace(b"203.0.113.1", b"203.0.113.456"), "Framed-IP-Address is no address"),
        (record(more=b"\tDelegated-IPv6-Prefix = 2001:db8::/200\n"), "Delegated-IPv6-Prefix is no prefix"),
        (record(user=b""), "it names neither an account nor a station"),
        (record(clock=b"25:00:00"), "it has no time that can be read"),
        (record(more=b"\tbroken\n"), "it is no attribute"),
    ],
)
def test_records_that_are_wrong_are_named_and_spoil_no_other(log: bytes, reason: str) -> None:
    found, outcome = leases(radius_detail, log + record(user=b"line-2"))
    assert outcome.reasons == {1: reason}
    assert [lease["subscriber"] for lease in found] == ["account:line-2"]


def test_lines_outside_records_are_refused() -> None:
    found, outcome = leases(radius_detail, b'\tUser-Name = "line-9"\n' + record())
    assert outcome.reasons == {1: "it stands in no record"}
    assert len(found) == 1


def test_records_that_name_no_address_are_left_out() -> None:
    found, outcome = leases(radius_detail, record(b"Accounting-On"), record(b"Failed"))
    assert not found
    assert not outcome.rejects


@pytest.mark.parametrize(
    "head, known", [(DETAIL, True), (record(), True), (b"Mon Jan  5 10:00:00 2026\n", False), (b"", False)]
)
def test_accounting_is_known_by_its_content(head: bytes, known: bool) -> None:
    assert radius_detail.recognise(head) is known
