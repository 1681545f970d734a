"""Responsible is who holds the most specific prefix on that day."""

from datetime import date

from tocsin.parties.directory import directory
from tocsin.parties.responsible import responsible
from tocsin.store.ledger import Ledger

DAY = date(2018, 12, 22)


def test_the_most_specific_prefix_decides_and_the_wider_holder_is_the_alternative(ledger: Ledger) -> None:
    with ledger.look() as connection:
        (answer,) = responsible(directory(connection, DAY), ["192.168.1.195"])
    how = "192.168.1.195 lies in 192.168.1.0/24, held by example-campus"
    assert answer == {
        "party": "example-campus",
        "how": how + "; the most specific of 2 networks that hold it",
        "as_of": "2018-01-01",
        "alternatives": ["example-provider"],
    }


def test_one_network_leaves_no_alternative(ledger: Ledger) -> None:
    with ledger.look() as connection:
        (answer,) = responsible(directory(connection, DAY), ["192.168.2.1"])
    assert answer["party"] == "example-provider"
    assert answer["alternatives"] == []
    assert answer["how"] == "192.168.2.1 lies in 192.168.0.0/16, held by example-provider"


def test_an_address_that_nobody_holds_is_said_to_be_so(ledger: Ledger) -> None:
    with ledger.look() as connection:
        answers = responsible(directory(connection, DAY), ["198.51.100.1", "junk"])
    assert [answer["party"] for answer in answers] == [None, None]
    assert answers[0]["how"] == "no party holds a network with 198.51.100.1"
    assert answers[0]["as_of"] is None


def test_before_anybody_held_it_nobody_is_responsible(ledger: Ledger) -> None:
    with ledger.look() as connection:
        (answer,) = responsible(directory(connection, date(2017, 12, 31)), ["192.168.1.195"])
    assert answer["party"] is None
