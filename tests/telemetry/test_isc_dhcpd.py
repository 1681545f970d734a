"""The reader of ISC's lease files."""

import pytest

from tests.telemetry.told import LEASE, brief, leases
from tocsin.telemetry import isc_dhcpd

FOUR, SIX = (LEASE / "dhcpd.leases").read_bytes(), (LEASE / "dhcpd6.leases").read_bytes()
LEASE_4 = b"""lease 192.0.2.9 {
  starts 1 2026/01/05 10:00:00;
  ends 1 2026/01/05 11:00:00;
  binding state active;
  hardware ethernet 02:00:5e:00:53:09;
  on expiry {
    set ends = "1 2030/01/05 10:00:00";
  }
}
"""


def test_all_that_is_said_of_a_lease_is_one_row() -> None:
    found, outcome = leases(isc_dhcpd, FOUR)
    assert sorted(map(brief, found)) == [
        # Given at :46 and renewed at :51 and :57.
        ("192.0.2.150", "mac:02:00:5e:00:53:01", "15:33:46", "15:43:57"),
        # Released, and given to the same device once more.
        ("192.0.2.151", "mac:02:00:5e:00:53:02", "15:33:47", "15:33:53"),
        ("192.0.2.151", "mac:02:00:5e:00:53:02", "15:33:58", "15:43:58"),
        # Declined at once.
        ("192.0.2.152", "mac:02:00:5e:00:53:03", "15:33:48", "15:33:48"),
        ("192.0.2.153", "mac:02:00:5e:00:53:04", "15:33:57", "15:43:57"),
    ]
    assert not outcome.rejects


def test_of_ipv6_clients_are_known_by_their_duid() -> None:
    found, outcome = leases(isc_dhcpd, SIX)
    duid = "client:00030001" + "02005e005301"
    assert sorted(map(brief, found)) == [
        ("2001:db8:1100::/56", duid, "10:00:01", "11:00:01"),
        ("2001:db8:5::100", duid, "10:00:00", "11:30:00"),
    ]
    assert not outcome.rejects


@pytest.mark.parametrize(
    "old, new, brief_end",
    [
        (b"ends 1 2026/01/05 11:00:00", b"ends never", None),
        (b"ends 1 2026/01/05 11:00:00", b"ends epoch 1767610800; # Mon Jan  5 11:00:00 2026", "11:00:00"),
        (b"binding state active", b"binding state expired", "11:00:00"),
    ],
)
def test_ends_as_the_server_writes_them(old: bytes, new: bytes, brief_end: str | None) -> None:
    (lease,), outcome = leases(isc_dhcpd, LEASE_4.replace(old, new))
    assert brief(lease) == ("192.0.2.9", "mac:02:00:5e:00:53:09", "10:00:00", brief_end)
    assert not outcome.rejects


@pytest.mark.parametrize("state", [b"free", b"backup", b"abandoned"])
def test_what_nobody_has_is_no_lease(state: bytes) -> None:
    nobody = LEASE_4.replace(b"active", state).replace(b"  hardware ethernet 02:00:5e:00:53:09;\n", b"")
    found, outcome = leases(isc_dhcpd, nobody)
    assert not found
    assert not outcome.rejects


@pytest.mark.parametrize(
    "old, new, reason",
    [
        (b"192.0.2.9", b"192.0.2.999", "it is of no address"),
        (b"2026/01/05 10", b"2026/13/05 10", "its times are no times"),
        (b"11:00:00", b"09:00:00", "it ends before it begins"),
        (b"  hardware ethernet 02:00:5e:00:53:09;\n", b"", "it names neither a device nor a client"),
        (b"  binding state active;\n", b"", "it does not say its state"),
        (b"  }\n}\n", b"  }\n", "it has no end"),
    ],
)
def test_leases_that_are_damaged_are_named_and_spoil_no_other(old: bytes, new: bytes, reason: str) -> None:
    found, outcome = leases(isc_dhcpd, LEASE_4.replace(old, new) + LEASE_4.replace(b"2.9", b"2.10"))
    assert outcome.reasons == {1: reason}
    assert [lease["address"] for lease in found] == ["192.0.2.10"]


def test_a_lease_whose_beginning_is_lost_is_not_lost_in_silence() -> None:
    found, outcome = leases(isc_dhcpd, LEASE_4.replace(b"lease 192", b"leaSe 192") + LEASE_4)
    assert outcome.reasons == {3: "it stands in no lease"}
    assert len(found) == 1


def test_a_lease_that_never_ends_is_given_up() -> None:
    _, outcome = leases(isc_dhcpd, LEASE_4.replace(b"}\n", b"") + b"  x;\n" * 1000 + LEASE_4)
    assert outcome.reasons == {1: "it has no end"}


@pytest.mark.parametrize(
    "head, known", [(FOUR, True), (SIX, True), (LEASE_4, True), (b"lease of life {\n", False), (b"", False)]
)
def test_a_lease_file_is_known_by_its_content(head: bytes, known: bool) -> None:
    assert isc_dhcpd.recognise(head) is known
