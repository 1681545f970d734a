"""On which days a party's networks were watched, by what the coverage rows say."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

import sqlalchemy as sa

from tocsin.records import Coverage, Network
from tocsin.store.ledger import read, sql_table

Prefix = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Watch:
    """How well something was watched.

    ``days`` is how many days count, ``missing`` are those on which nothing of it was watched, ``partly`` those on
    which not all of it was. Merged over parties, a day counts once for each.
    """

    sensors: list[str]
    days: int
    missing: list[date]
    partly: list[date]

    @property
    def share(self) -> float | None:
        """Share of the days on which all of it was watched; None when no day counts."""
        return (self.days - len(self.missing) - len(self.partly)) / self.days if self.days else None

    @property
    def blind(self) -> bool:
        """Whether nothing of it was watched on any day."""
        return len(self.missing) == self.days

    @property
    def detail(self) -> dict[str, list[str]]:
        """The days that were not or not wholly watched, for a measure's detail."""
        return {"missing_days": _texts(self.missing), "partly_watched_days": _texts(self.partly)}


def watches(
    connection: sa.Connection, days_of: Mapping[str, Sequence[date]], start: datetime, end: datetime
) -> dict[str, Watch]:
    """How the networks of each party were watched on its days, by what was seen from ``start`` to before ``end``.

    A day that was watched only before or after that does not count: a window may begin and end within a day.
    """
    networks: defaultdict[str, list[Network]] = defaultdict(list)
    for network in read(connection, Network):
        networks[network.holder].append(network)
    seen: defaultdict[date, list[Coverage]] = defaultdict(list)
    covered = sql_table(Coverage).c
    for row in read(connection, Coverage, covered.first < end, covered.last >= start):
        seen[row.day].append(row)
    return {party: _watch(networks[party], days, seen) for party, days in days_of.items()}


def merged(parts: Iterable[Watch]) -> Watch:
    """Several watches as one."""
    parts = list(parts)
    return Watch(
        sensors=sorted({sensor for part in parts for sensor in part.sensors}),
        days=sum(part.days for part in parts),
        missing=[day for part in parts for day in part.missing],
        partly=[day for part in parts for day in part.partly],
    )


def _watch(networks: Sequence[Network], days: Sequence[date], seen: Mapping[date, list[Coverage]]) -> Watch:
    missing, partly, sensors = [], [], set[str]()
    for day in days:
        held = [ip_network(n.prefix) for n in networks if n.since <= day and (n.until is None or day <= n.until)]
        rows = [row for row in seen.get(day, ()) if any(_overlap(ip_network(row.network), prefix) for prefix in held)]
        sensors.update(row.sensor for row in rows)
        if not rows:
            missing.append(day)
        elif not _hold_all([ip_network(row.network) for row in rows], held):
            partly.append(day)
    return Watch(sorted(sensors), len(days), missing, partly)


def _hold_all(watched: Sequence[Prefix], held: Sequence[Prefix]) -> bool:
    """Whether networks that were watched hold all of these prefixes, be it several together."""
    whole: list[Prefix] = [
        *collapse_addresses(network for network in watched if isinstance(network, IPv4Network)),
        *collapse_addresses(network for network in watched if isinstance(network, IPv6Network)),
    ]
    return all(any(_overlap(part, prefix) and part.prefixlen <= prefix.prefixlen for part in whole) for prefix in held)


def _overlap(one: Prefix, other: Prefix) -> bool:
    return one.version == other.version and one.overlaps(other)


def _texts(days: Iterable[date]) -> list[str]:
    return [day.isoformat() for day in sorted(set(days))]
