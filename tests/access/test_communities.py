from datetime import date

from tocsin.access import fellows
from tocsin.records import Membership
from tocsin.store.ledger import Ledger, put

DAY = date(2018, 12, 22)


def member(community: str, party: str, left: date | None = None, joined: date = date(2018, 1, 1)) -> Membership:
    return Membership(
        party="example-provider",
        marking="TLP:AMBER",
        source="test",
        community=community,
        member=party,
        joined=joined,
        left=left,
    )


def test_fellows_share_a_community_on_the_day(ledger: Ledger) -> None:
    with ledger.write() as connection:
        put(
            connection,
            [
                member("isac", "example-provider"),
                member("isac", "example-campus"),
                member("isac", "example-early", left=date(2018, 12, 21)),
                member("isac", "example-late", joined=date(2018, 12, 23)),
                member("elsewhere", "example-stranger"),
                member("elsewhere", "example-provider", left=date(2018, 6, 1)),
            ],
        )
        assert fellows(connection, "example-provider", DAY) == {"example-campus"}
        assert fellows(connection, "example-provider", date(2018, 5, 1)) == {
            "example-campus",
            "example-early",
            "example-stranger",
        }
        assert fellows(connection, "nobody", DAY) == frozenset()
