"""The flattened table finds what a plain search through the prefixes finds."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tocsin.parties.lookup import NONE, prefix_table


def _network(number: int, length: int, *, six: bool) -> str:
    address = ip_address(number.to_bytes(16 if six else 4, "big"))
    return str(ip_network(f"{address}/{length}", strict=False))


# A few high bits only, so that prefixes nest, touch and repeat.
SMALL4 = st.builds(lambda bits, low: (bits << 28) + low, st.integers(0, 15), st.sampled_from([0, 1, (1 << 28) - 1]))
SMALL6 = SMALL4.map(lambda number: number << 96)
PREFIXES = st.one_of(
    st.builds(
        lambda number, length: _network(number, length, six=False), SMALL4, st.sampled_from([0, 1, 3, 4, 31, 32])
    ),
    st.builds(lambda number, length: _network(number, length, six=True), SMALL6, st.sampled_from([0, 1, 4, 127, 128])),
)
ADDRESSES = st.one_of(
    SMALL4.map(lambda number: str(ip_address(number))),
    SMALL6.map(lambda number: str(ip_address(number))),
    st.ip_addresses().map(str),
    st.text(max_size=20),
)


def _plain(prefixes: list[str], address: str) -> list[int]:
    """Indexes of the prefixes that hold an address, the most specific first, of equal ones the later first."""
    try:
        spot = ip_address(address)
    except ValueError:
        return []
    networks = list(enumerate(map(ip_network, prefixes)))
    holding = [(index, network) for index, network in networks if spot in network]
    return [index for index, _ in sorted(holding, key=lambda found: (-found[1].prefixlen, -found[0]))]


@given(st.lists(PREFIXES, max_size=12), st.lists(ADDRESSES, max_size=12))
@example(["0.0.0.0/0", "::/0"], ["255.255.255.255", "0.0.0.0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"])
@example(["10.0.0.0/8", "10.0.0.0/8", "10.0.0.0/9"], ["10.0.0.1", "10.128.0.1", "11.0.0.0", "9.255.255.255"])
@example(["192.0.2.1/32"], ["192.0.2.0", "192.0.2.1", "192.0.2.2"])
@example(["::/0"], ["192.0.2.1", "::ffff:192.0.2.1"])
@example(["192.0.2.0/24"], ["", " 192.0.2.1", "192.0.2", "192.0.2.1/32", "192.0.2.1\x00", "\ud800", "1.2.3.4:5", "::g"])
def test_finds_what_a_plain_search_finds(prefixes: list[str], addresses: list[str]) -> None:
    table = prefix_table(prefixes)
    expected = [_plain(prefixes, address) for address in addresses]
    found = table.find(addresses).tolist()
    assert found == [holding[0] if holding else NONE for holding in expected]
    assert [table.around(index) for index in found if index != NONE] == [h[1:] for h in expected if h]


def test_no_prefixes_find_nothing() -> None:
    assert prefix_table([]).find(["192.0.2.1", "::1"]).tolist() == [NONE, NONE]


@pytest.mark.parametrize("prefix", ["192.0.2.1/24", "192.0.2.0/33", "example.net", ""])
def test_what_is_no_prefix_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        prefix_table([prefix])
