"""Addresses in binary become text."""

from ipaddress import IPv6Address, ip_address

from hypothesis import given
from hypothesis import strategies as st

from tocsin.telemetry._netflow.addresses import address_text, encoded

FOUR = [bytes([192, 0, 2, number]) for number in range(3)]
SIX = [ip_address(f"2001:db8::{number}").packed for number in range(3)]


@given(st.binary(min_size=16, max_size=16) | st.binary(min_size=8, max_size=8).map(lambda end: bytes(8) + end))
def test_text_is_that_of_rfc_5952(packed: bytes) -> None:
    address = IPv6Address(packed)
    assert address_text(packed) == str(address.ipv4_mapped or address)


def test_each_address_stands_once() -> None:
    records = b"".join(FOUR[one] + FOUR[other] for one, other in ((0, 1), (1, 0), (2, 0)))
    texts, (senders, receivers) = encoded(records, 8, [(0, 4)], [(4, 4)])
    assert sorted(map(str, texts.to_pylist())) == ["192.0.2.0", "192.0.2.1", "192.0.2.2"]
    assert [texts[place].as_py()[-1] for place in senders.tolist()] == ["0", "1", "2"]
    assert [texts[place].as_py()[-1] for place in receivers.tolist()] == ["1", "0", "0"]


def test_of_two_families_the_one_that_is_there_counts() -> None:
    records = FOUR[1] + bytes(16) + FOUR[2] + bytes(16) + bytes(4) + SIX[1] + bytes(4) + SIX[2]
    texts, sides = encoded(records, 40, [(0, 4), (4, 16)], [(20, 4), (24, 16)])
    found = [[texts[place].as_py() for place in side.tolist()] for side in sides]
    assert found == [["192.0.2.1", "2001:db8::1"], ["192.0.2.2", "2001:db8::2"]]
