"""What others in the network do counts: what half of them visit weighs less, what is rare and new weighs more.

A detector asks for it by ``RARITY = True``: its rows are weighed before they are reported. A bot's server may be
visited by many, when many are infected; so what is strong by itself stays above the reporting threshold.
"""

import ibis
import ibis.expr.types as ir

from tocsin.detect._expressions import points, score, share

# Below so many hosts, what the others do says nothing: in a home of three, two are more than half.
NETWORK_MIN = 10
# Before so many days are known, everything is new.
DAYS_MIN = 7

COMMON_POINTS, RARE_POINTS = -20, 5

_KNOWN = ("hosts", "hosts_in_all", "first_day", "days")


def visited(history: ir.Table, by: str) -> ir.Table:
    """For each address or name of a history: ``hosts``, ``hosts_in_all``, ``first_day``, ``days``."""
    everywhere = history.agg(hosts_in_all=history.host.nunique(), days=history.day.nunique())
    found = history.group_by(by).agg(hosts=history.host.nunique(), first_day=history.day.min())
    return found.cross_join(everywhere)


def common(table: ir.Table) -> ir.BooleanValue:
    """Whether half of a network, which is large enough to say so, visits it."""
    return (table.hosts_in_all >= NETWORK_MIN) & (table.hosts * 2 >= table.hosts_in_all)


def rare_and_new(table: ir.Table) -> ir.BooleanValue:
    """Whether one host of many visits it, and for the first time in many days."""
    seen_by_one = (table.hosts_in_all >= NETWORK_MIN) & (table.hosts == 1)
    return seen_by_one & (table.days >= DAYS_MIN) & (table.first_day == table.day)


def rarity_points(table: ir.Table) -> ir.IntegerValue:
    """Points for how rare a destination is; none where that is not known."""
    return points(common(table), COMMON_POINTS) + points(rare_and_new(table), RARE_POINTS)


def weighed(rows: ir.Table, prevalence: ir.Table, name_prevalence: ir.Table) -> ir.Table:
    """A detector's rows with the weight of what others do: by its name where a peer has one, else by its address.

    Adds ``hosts_that_visit``, ``share_of_hosts`` and ``days_since_first_visit``; null where it is not known.
    """
    columns = rows.columns
    keys = [key for key in ("name", "peer") if key in columns]
    for key, table in (("peer", prevalence), ("name", name_prevalence)):
        if key in keys:
            rows = _with(rows, table.semi_join(rows, key), key)
    rows = rows.select(*columns, **{n: ibis.coalesce(*(rows[f"{key}_{n}"] for key in keys)) for n in _KNOWN})
    before = (rows.score * 100).round().cast("int64")
    return rows.mutate(
        score=score(before, rarity_points(rows)),
        hosts_that_visit=rows.hosts,
        share_of_hosts=share(rows.hosts, rows.hosts_in_all),
        days_since_first_visit=rows.day.delta(rows.first_day, unit="day"),
    ).drop(*_KNOWN)


def _with(rows: ir.Table, known: ir.Table, key: str) -> ir.Table:
    """Rows with what is known of their peer's address or name, each column with the key before its name."""
    of_key = known.select(**{f"{key}_known": known[key]}, **{f"{key}_{name}": known[name] for name in _KNOWN})
    return rows.left_join(of_key, rows[key] == of_key[f"{key}_known"]).drop(f"{key}_known")
