"""Which names each local host asked for, or called over TLS or HTTP, on the day, to look back at."""

import ibis.expr.types as ir

from tocsin.detect._expressions import busiest, stacked

# A person meets some thousands of names in a day of browsing; a host that asks for more makes them up.
NAMES_MAX = 10_000

KEYS = ("sensor", "host", "name", "day")


def summarise(dns: ir.Table, tls: ir.Table, http: ir.Table, place: ir.Table) -> ir.Table:
    """Rows of ``records.NameDay``, and ``day``. Names that are addresses are left out."""
    asked = [(dns, "query"), (tls, "server_name"), (http, "host")]
    uses = stacked(*(t.select("sensor", "time", host=t.initiator, name=t[name]) for t, name in asked))
    uses = uses.semi_join(place.filter(place.place == "local"), uses.host == place.address)
    uses = uses.filter(uses.name.notnull(), uses.name.contains("."), ~uses.name.re_search(r"^[0-9.]+$|:"))
    uses = uses.mutate(day=uses.time.date())
    names = uses.group_by(KEYS).agg(
        uses=uses.count(), time=uses.time.min(), last=uses.time.max(), hours=uses.time.hour().nunique()
    )
    return busiest(names, ("sensor", "host", "day"), NAMES_MAX, names.uses, ("name",))
