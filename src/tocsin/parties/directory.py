"""The directory: parties, their networks, contacts and subscriber counts, by what the ledger holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_network

import sqlalchemy as sa

from tocsin.errors import WrongUse
from tocsin.parties.lookup import PrefixTable, prefix_table
from tocsin.records import Contact, Network, Party, SubscriberCount
from tocsin.store.ledger import one, read

OPERATOR, MEMBER = "operator", "member"

# First day of what was held before anybody wrote it down.
ALWAYS = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Directory:
    """Networks held on one day, ready for look-ups: ``networks[i]`` is what ``table`` finds as ``i``."""

    networks: tuple[Network, ...]
    table: PrefixTable

    def prefixes_of(self, holders: Iterable[str]) -> list[str]:
        """Prefixes that these parties hold."""
        wanted = set(holders)
        return [network.prefix for network in self.networks if network.holder in wanted]


def directory(connection: sa.Connection, day: date) -> Directory:
    """Networks held on ``day``, those of parties that had left by then excepted.

    Where two parties hold the same prefix, the one that has held it for the shorter time comes first in a look-up.
    """
    left = {party.id: party.left for party in read(connection, Party)}
    held = [
        network
        for network in read(connection, Network)
        if network.holder in left
        and network.since <= day <= (network.until or date.max)
        and day <= (left[network.holder] or date.max)
    ]
    held.sort(key=lambda network: network.since)
    return Directory(tuple(held), prefix_table(network.prefix for network in held))


def operator(connection: sa.Connection) -> Party:
    """The operator party. Raises WrongUse when the workspace has none."""
    party = one(connection, Party, role=OPERATOR)
    if party is None:
        raise WrongUse("no operator party in the ledger: make a workspace with 'tocsin init'")
    return party


def subscribers(connection: sa.Connection, holder: str, day: date) -> SubscriberCount | None:
    """The newest count of a party's subscribers at ``day``; None when none is known by then."""
    counts = [count for count in read(connection, SubscriberCount, holder=holder) if count.day <= day]
    return max(counts, key=lambda count: count.day, default=None)


def contact(connection: sa.Connection, holder: str, purpose: str) -> Contact | None:
    """Where a party is reached for a purpose."""
    return one(connection, Contact, holder=holder, purpose=purpose)


def canonical_prefix(text: str) -> str:
    """A prefix in canonical form. Raises WrongUse for what is none.

    >>> canonical_prefix("2001:DB8:0::/32")
    '2001:db8::/32'
    """
    try:
        return str(ip_network(text.strip()))
    except ValueError as error:
        raise WrongUse(f"not a network: {text}: {error}") from None
