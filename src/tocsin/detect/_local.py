"""Which networks are local: those of the directory; where it has none, those that the traffic itself gives away.

A sensor stands at the edge of a network or within it, so that nearly all that it sees has one end there. Private
addresses are routed nowhere else. Where they do not carry the traffic, the few networks are taken that between them
have an end of nearly every exchange.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir

from tocsin.detect._expressions import stacked
from tocsin.detect._places import met
from tocsin.parties.directory import ALWAYS, Directory
from tocsin.parties.lookup import NONE, prefix_table
from tocsin.records import Network
from tocsin.store.engine import Engine
from tocsin.wording import many
from tocsin.workspace import Workspace

# RFC 1918, RFC 6598 (behind a provider's NAT) and RFC 4193.
PRIVATE = {
    "10.0.0.0/8": "RFC 1918",
    "172.16.0.0/12": "RFC 1918",
    "192.168.0.0/16": "RFC 1918",
    "100.64.0.0/10": "RFC 6598",
    "fc00::/7": "RFC 4193",
}

# How many of all exchanges the local networks must have an end of, percent: some of what sensors see is transit.
COVERED_MIN = 90
# A network that adds less than this to what is covered, percent of all, is one that is much visited.
ADDED_MIN = 10
# So many pairs of networks are weighed, those with most traffic.
PAIRS_MAX = 100_000

# The first two numbers of an address: its /16, or of IPv6 its /32, about what a provider or campus holds.
_V4, _V6 = "^([0-9]+[.][0-9]+)[.]", "^([0-9a-f]+:[0-9a-f]*):"


@dataclass(frozen=True, slots=True)
class Inferred:
    """A network that is taken to be local, and why."""

    prefix: str
    why: str


def infer(engine: Engine, tables: Iterable[ir.Table]) -> list[Inferred]:
    """Networks that the traffic gives away as local; none when it gives none away."""
    tables = list(tables)
    pairs = _pairs(engine, tables)
    total = sum(pairs.values())
    if not total:
        return []
    private = _private(engine, tables, pairs, total)
    return private or _covering(pairs, total)


def as_directory(workspace: Workspace, inferred: Sequence[Inferred]) -> Directory:
    """What was inferred as if the operator held it; only detection sees it."""
    kept = {"party": workspace.party, "marking": workspace.settings.marking, "source": "detect/local"}
    until: date | None = None
    networks = tuple(
        Network(**kept, holder=workspace.party, prefix=each.prefix, asn=None, since=ALWAYS, until=until)
        for each in inferred
    )
    return Directory(networks, prefix_table(network.prefix for network in networks))


def _pairs(engine: Engine, tables: Iterable[ir.Table]) -> Counter[tuple[str, str]]:
    """How many rows go between which networks."""
    ends = stacked(*(t.select(one=_network(t.initiator), other=_network(t.responder)) for t in tables))
    counted = ends.group_by("one", "other").agg(rows=ends.count())
    rows = engine.rows(counted.order_by(ibis.desc("rows"), "one", "other").limit(PAIRS_MAX)).to_pylist()
    return Counter({(row["one"], row["other"]): row["rows"] for row in rows})


def _network(address: ir.StringValue) -> ir.StringValue:
    known = address.fill_null("")
    return ibis.ifelse(known.contains(":"), known.re_extract(_V6, 1), known.re_extract(_V4, 1))


def _prefix(key: str) -> str:
    """The network that a key stands for.

    >>> _prefix("192.0"), _prefix("2001:db8"), _prefix("2600:")
    ('192.0.0.0/16', '2001:db8::/32', '2600::/32')
    """
    if ":" in key:
        return f"{key.rstrip(':')}::/32"
    return f"{key}.0.0/16"


def _private(engine: Engine, tables: Iterable[ir.Table], pairs: Counter[tuple[str, str]], total: int) -> list[Inferred]:
    """The private ranges that were met, if they have an end of nearly all."""
    table, ranges = prefix_table(PRIVATE), list(PRIVATE)
    keys = sorted({key for pair in pairs for key in pair if key})
    inside = {
        key
        for key, index in zip(keys, table.find([_prefix(key).split("/")[0] for key in keys]).tolist(), strict=True)
        if index != NONE
    }
    covered = sum(rows for pair, rows in pairs.items() if inside.intersection(pair))
    if covered * 100 < total * COVERED_MIN:
        return []
    seen: Counter[str] = Counter()
    for addresses in met(engine, tables):
        seen.update(ranges[index] for index in table.find(addresses).tolist() if index != NONE)
    share = f"in {covered * 100 // total} % of the rows"
    return [
        Inferred(prefix, f"{many(seen[prefix], 'private address', 'private addresses')} ({PRIVATE[prefix]}), {share}")
        for prefix in ranges
        if seen[prefix]
    ]


def _covering(pairs: Counter[tuple[str, str]], total: int) -> list[Inferred]:
    """The fewest networks that have an end of nearly all, the one with most first; none if there are no such.

    Of two that have as many, it is the one that begins more: a sensor is set up to watch those who call.
    """
    left, found, covered = Counter(pairs), list[Inferred](), 0
    begun: Counter[str] = Counter()
    for (one, _), rows in pairs.items():
        begun[one] += rows
    while covered * 100 < total * COVERED_MIN:
        ends: Counter[str] = Counter()
        for pair, rows in left.items():
            ends.update({key: rows for key in pair if key})
        key = max(ends, key=lambda key: (ends[key], begun[key], key), default="")
        if ends[key] * 100 < total * ADDED_MIN:
            return []
        share = f"{ends[key] * 100 // total} % of the rows" + (" that the others have not" if found else "")
        found.append(Inferred(_prefix(key), f"it has an end of {share}"))
        covered += ends[key]
        left = Counter({pair: rows for pair, rows in left.items() if key not in pair})
    return found
