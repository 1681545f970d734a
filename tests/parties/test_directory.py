"""The directory knows who held what on a day."""

from dataclasses import replace
from datetime import date

import pytest

from tocsin.errors import WrongUse
from tocsin.parties.directory import canonical_prefix, contact, directory, operator, subscribers
from tocsin.records import Network, Party, SubscriberCount
from tocsin.store.ledger import Ledger, put, remove

KEPT = {"party": "example-provider", "marking": "TLP:AMBER", "source": "test"}
JOINED = date(2018, 6, 1)
GUEST = Party(
    id="example-guest",
    name="Guest",
    role="member",
    sector=None,
    segments=[],
    country=None,
    joined=JOINED,
    left=None,
    **KEPT,
)


def _network(prefix: str, since: date = JOINED, until: date | None = None) -> Network:
    return Network(holder="example-guest", prefix=prefix, asn=None, since=since, until=until, **KEPT)


def _held(ledger: Ledger, day: date) -> list[tuple[str, str]]:
    with ledger.look() as connection:
        return [(network.holder, network.prefix) for network in directory(connection, day).networks]


def test_networks_are_held_from_their_first_to_their_last_day(ledger: Ledger) -> None:
    with ledger.write() as connection:
        put(connection, [GUEST, _network("192.0.2.0/24", until=date(2018, 7, 31))])
    found = ("example-guest", "192.0.2.0/24")
    days = (date(2018, 5, 31), date(2018, 6, 1), date(2018, 7, 31), date(2018, 8, 1))
    assert [found in _held(ledger, day) for day in days] == [False, True, True, False]


def test_networks_of_a_party_that_left_are_not_held(ledger: Ledger) -> None:
    with ledger.write() as connection:
        put(connection, [replace(GUEST, left=date(2018, 9, 1)), _network("192.0.2.0/24")])
    found = ("example-guest", "192.0.2.0/24")
    assert found in _held(ledger, date(2018, 9, 1))
    assert found not in _held(ledger, date(2018, 9, 2))


def test_networks_of_an_unknown_party_are_not_held(ledger: Ledger) -> None:
    with ledger.write() as connection:
        put(connection, [_network("192.0.2.0/24")])
    assert ("example-guest", "192.0.2.0/24") not in _held(ledger, date(2018, 12, 22))


def test_of_two_holders_of_one_prefix_the_newer_answers(ledger: Ledger) -> None:
    with ledger.write() as connection:
        older = replace(_network("192.168.1.0/24"), since=date(2017, 1, 1))
        put(connection, [GUEST, older])
    with ledger.look() as connection:
        known = directory(connection, date(2018, 12, 22))
    (index,) = known.table.find(["192.168.1.195"])
    assert known.networks[index].holder == "example-campus"


def test_prefixes_of_some_parties(ledger: Ledger) -> None:
    with ledger.look() as connection:
        known = directory(connection, date(2018, 12, 22))
    assert known.prefixes_of(["example-campus", "nobody"]) == ["192.168.1.0/24"]


@pytest.mark.parametrize("text", ["192.0.2.1/24", "not a network", "", "10.0.0.0/8/8"])
def test_what_is_no_network_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(WrongUse, match="not a network") as told:
        canonical_prefix(text)
    assert "\n" not in str(told.value)


def test_operator_is_found_or_asked_for(ledger: Ledger) -> None:
    with ledger.write() as connection:
        assert operator(connection).id == "example-provider"
        remove(connection, Party, role="operator")
        with pytest.raises(WrongUse, match="tocsin init"):
            operator(connection)


def test_subscribers_hold_until_the_next_count(ledger: Ledger) -> None:
    later = SubscriberCount(holder="example-campus", day=date(2018, 7, 1), subscribers=5, **KEPT)
    with ledger.write() as connection:
        put(connection, [later])
        counts = [subscribers(connection, "example-campus", date(2018, month, 1)) for month in (1, 6, 7, 12)]
        before = subscribers(connection, "example-campus", date(2017, 12, 31))
        none = subscribers(connection, "example-provider", date(2018, 12, 22))
    assert [count.subscribers for count in counts if count] == [1, 1, 5, 5]
    assert before is None
    assert none is None


def test_contact_for_a_purpose(ledger: Ledger) -> None:
    with ledger.look() as connection:
        found = contact(connection, "example-campus", "abuse")
        assert found is not None
        assert found.address == "abuse@campus.example.net"
        assert contact(connection, "example-campus", "legal") is None
