"""Entering parties: what is known is kept, what cannot be right is refused."""

from datetime import date

import pytest

from tocsin.errors import WrongUse
from tocsin.parties.directory import contact, directory, subscribers
from tocsin.parties.enrol import Entry, checked, enrol
from tocsin.records import Party
from tocsin.store.ledger import Ledger, one
from tocsin.workspace import Workspace

SINCE = date(2018, 6, 1)


def test_what_is_told_is_kept(workspace: Workspace, ledger: Ledger) -> None:
    entry = Entry(
        id="guest",
        name="Guest House",
        networks=(" 2001:DB8:0::/32 ", "192.0.2.7"),
        abuse="abuse@guest.example.net",
        subscribers=12,
        since=SINCE,
    )
    with ledger.write() as connection:
        enrol(connection, workspace, entry)
    with ledger.look() as connection:
        party = one(connection, Party, id="guest")
        known = directory(connection, SINCE)
        count = subscribers(connection, "guest", SINCE)
        desk = contact(connection, "guest", "abuse")
    assert party is not None
    assert (party.name, party.role, party.joined) == ("Guest House", "member", SINCE)
    assert sorted(known.prefixes_of(["guest"])) == ["192.0.2.7/32", "2001:db8::/32"]
    assert count is not None
    assert count.subscribers == 12
    assert desk is not None
    assert desk.address == "abuse@guest.example.net"


def test_a_second_entry_adds_and_takes_nothing_away(workspace: Workspace, ledger: Ledger) -> None:
    with ledger.write() as connection:
        enrol(connection, workspace, Entry(id="guest", name="Guest House", networks=("192.0.2.0/24",), since=SINCE))
        enrol(connection, workspace, Entry(id="guest", networks=("198.51.100.0/24",), since=SINCE))
        assert len(directory(connection, SINCE).prefixes_of(["guest"])) == 2
        party = one(connection, Party, id="guest")
    assert party is not None
    assert party.name == "Guest House"


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (Entry(id="Guest"), "not a party id"),
        (Entry(id=""), "not a party id"),
        (Entry(id="members"), "names an audience"),
        (Entry(id="guest", role="king"), "no such role"),
        (Entry(id="guest", networks=("192.0.2.1/24",)), "not a network"),
        (Entry(id="guest", networks=("here",)), "not a network"),
        (Entry(id="guest", abuse="abuse"), "not a mail address"),
        (Entry(id="guest", subscribers=-1), "lies between 0 and"),
        (Entry(id="guest", subscribers=10**20), "lies between 0 and"),
        (Entry(id="guest", name="a\x1b[31m\nb"), "not plain text"),
    ],
)
def test_what_cannot_be_right_is_refused(entry: Entry, says: str) -> None:
    with pytest.raises(WrongUse, match=says):
        checked(entry)


def test_without_a_day_networks_were_held_always_and_members_join_today(workspace: Workspace, ledger: Ledger) -> None:
    with ledger.write() as connection:
        enrol(connection, workspace, Entry(id="guest", networks=("192.0.2.0/24",), subscribers=3))
        party = one(connection, Party, id="guest")
        held_before = directory(connection, date(1999, 1, 1)).prefixes_of(["guest"])
        today = workspace.now().date()
        assert party is not None
        assert (party.joined, held_before) == (today, ["192.0.2.0/24"])
        assert subscribers(connection, "guest", date(2018, 1, 1)) is None
        assert subscribers(connection, "guest", today) is not None
