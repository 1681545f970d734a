"""A host that had contact with something that a list of indicators names.

Sees: connections of a local host to a listed address, to its port where the list gives one, or to a listed network;
    names asked for, or called over TLS or HTTP, that are listed themselves or lie below a listed name; requests for a
    listed URL; TLS handshakes with a listed client fingerprint or server certificate.

Needs: a list (``tocsin intel import``), and any telemetry that could show a match. Sampling hides matches and makes
    none.

Misses: what no list has, or has no longer; contacts to a host; names behind encrypted questions and handshakes.

Alarms falsely on: lists that are wrong or old, for addresses change hands within weeks; an address that many sites
    share; a resolver or proxy that asks on behalf of others; research that visits such places on purpose. A match is a
    reason to look, and by itself no proof of an infection.

Parameters:
    specific_points: what a match counts more, points of a hundred, that few can have by chance: a name, a URL, a server
        certificate, an address with its port
    vague_points: what it counts less when many share it: an address whatever the port, a network, a client fingerprint,
        which all programs with the same TLS library have
    old_points: what it counts less for each old_days that the list has had the indicator when it was met
    old_days: days in which an indicator loses old_points; hosting is paid by the month
    old_max_points: most that age takes; what has stayed on a list for half a year is on it for a reason
    silent_points: what it counts less when nobody answered, as far as that is known
    score_min: lowest score that is kept, below 0.7 as a candidate. The score is the confidence that the list has in the
        indicator, more or less these points: a fresh name from a list that does not say how sure it is just reaches 0.7

Learn more: RFC 9424 on indicators of compromise and how fast they age; documentation of MISP's decaying models.
"""

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from tocsin.detect._expressions import points, score
from tocsin.detect._listed import below, matches
from tocsin.detect.summaries.contact_day import SIDE
from tocsin.wording import many, number

SAMPLING = 1000
NEEDS = ()

SPECIFIC = ("name", "url", "certificate_sha256")
VAGUE = ("ja3", "ja4", "network")


def detect(
    contact_day: ir.Table,
    indicator: ir.Table,
    *,
    specific_points: int = 20,
    vague_points: int = -10,
    old_points: int = -5,
    old_days: int = 30,
    old_max_points: int = -30,
    silent_points: int = -20,
    score_min: float = 0.4,
) -> ir.Table:
    """Contacts with what is listed, one row for each sensor, host, other side and day: the strongest match."""
    found = matches(below(contact_day), indicator)
    found = found.filter(found.until.isnull() | (found.until >= found.day))
    days = ibis.greatest(found.day.delta(found.since.date(), unit="day"), 0)
    specific = found.kind.isin(SPECIFIC) | ((found.kind == "address") & found.listed_port.notnull())
    vague = found.kind.isin(VAGUE) | ((found.kind == "address") & found.listed_port.isnull())
    scored = found.mutate(
        days_listed=days,
        score=score(
            found.confidence,
            points(specific, specific_points),
            points(vague, vague_points),
            ibis.greatest(days // old_days * old_points, old_max_points),
            points((found.answered == 0) & (found.unanswered > 0), silent_points),
        ),
    )
    lists = scored.group_by("host", "value").agg(lists=scored.source.nunique())
    scored = scored.inner_join(lists, ["host", "value"])
    best = ibis.window(
        group_by=[scored[key] for key in SIDE],
        order_by=[scored.score.desc(), scored.days_listed, scored.source, scored.kind, scored.value],
    )
    ranked = scored.mutate(place=ibis.row_number().over(best))
    kept = ranked.filter(ranked.place == 0, ranked.score >= score_min)
    return kept.select(
        *SIDE,
        "first_seen",
        "last_seen",
        "score",
        "contacts",
        "days_listed",
        "lists",
        indicator=kept.value,
        indicator_kind=kept.kind,
        indicator_family=kept.family,
        indicator_source=kept.source,
        indicator_confidence=kept.confidence,
    )


def explain(host: str, strongest: Mapping[str, Any], others: int) -> str:
    """How a customer reads it."""
    family = f" ({strongest['indicator_family']})" if strongest["indicator_family"] else ""
    since = f", listed for {many(strongest['days_listed'], 'day')}" if strongest["days_listed"] else ""
    more = f" The same holds for {number(others)} more." if others else ""
    return (
        f"{host} has had contact with {_side(strongest)} {many(strongest['contacts'], 'time')}, which the list "
        f"{strongest['indicator_source']} names as harmful{family}, with a confidence of "
        f"{strongest['indicator_confidence']} in 100{since}. Lists age and err: this is a reason to look at the "
        f"device, no proof.{more}"
    )


def _side(row: Mapping[str, Any]) -> str:
    if row["indicator_kind"] in ("url", "name"):
        return str(row["indicator"])
    where = row["peer"] or row["name"] or "a server"
    port = "" if row["port"] is None else f" on port {row['port']}/{row['protocol']}"
    how = {"ja3": " by a program", "ja4": " by a program", "certificate_sha256": " and its certificate"}
    return f"{where}{port}{how.get(row['indicator_kind'], '')}"
