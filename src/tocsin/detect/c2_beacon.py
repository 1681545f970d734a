"""A host that calls the same outside address or name over and over, as regular as a machine.

Sees: contacts from a local host to one outside address, port and protocol, or to one name over HTTP and TLS (also
    through a proxy), at even intervals, also with jitter, or without a pause for hours. People leave gaps; programs
    that wait for orders do not. What calls once in hours shows over days. On ports where ordinary software keeps in
    touch too, regularity is not enough: there it takes exchanges that are all alike, and either far more calls than
    such software makes, or a rhythm that is varied on purpose.

Needs: the start of each flow, both directions told apart, and every packet or nearly so: at coarse sampling most
    contacts are missed and what is left looks irregular. Names need HTTP or TLS telemetry and are welcome.

Misses: contacts of which two weeks hold too few; even intervals on an ordinary port, which on flows alone
    cannot be told from update checks; calls that hide among a person's visits to the same name.

Alarms falsely on: monitoring agents, remote management and games that keep in touch on a port of their own, and pages
    that ask their server for news every few seconds over connections of their own. Clocks and resolvers are left out
    by protocol and port.

Parameters:
    contacts_min: fewest contacts on the day, or, where they are rarer, over the two weeks up to it; below 20 intervals
        a quartile rests on five values or fewer
    minutes_min: shortest time from first to last contact; a page that reloads keeps it up for less
    spread_max_percent: largest distance between the quartiles of the intervals, in percent of their median. An
        interval that is jittered evenly by up to half of itself, either way, has 50; events without memory (Poisson)
        have 158, and people are burstier than that
    slots_min: five-minute slots from first to last contact from which unbroken contact counts as regular
    slots_min_percent: how many of these slots must hold a contact, percent; one in five may fall to an outage or a
        restart, but people sleep, eat and leave
    rapid_contacts_min: fewest contacts that are all alike and count as rapid; a page with many parts asks for fewer
    rapid_minutes_min: shortest time over which they do
    rapid_a_minute_min: fewest of them a minute. Software that needs news this often keeps its connection open
    same_max_percent: largest distance between the quartiles of the bytes each way, percent of the median, of exchanges
        that count as the same: a counter or a date in them may grow by a digit
    jitter_hours_min: fewest hours that a varied rhythm must go on; a person rarely does anything that long
    jitter_min_percent: smallest distance between the quartiles of intervals that are varied on purpose, percent of the
        median; timers on a busy machine are within 2
    alike_max_percent: largest distance between the quartiles of the bytes each way, percent of the median, of
        exchanges that are alike but not the same, as when names or times are in them
    little_max_bytes: most bytes each way of such an exchange, by the median; parts of a download are larger
    names_min: fewest names under which one address is asked, over HTTP, for such calls to count that share a
        connection; a page asks its server again and again too, but under one name
    score_min: lowest score that is kept, below 0.7 as a candidate. Regularity counts 45, a port of its own 25, silence
        from the other side 20, chat with machines (IRC) 25; being rapid and the same, or varied on purpose and alike,
        25. UDP, which keeps paths open with regular packets, takes 25 away, and so does a protocol that the sensor
        recognises as an ordinary one, unless the contacts are of those two kinds

Learn more: MITRE ATT&CK T1071, T1071.001; Hu et al., BAYWATCH (DSN 2016); documentation of RITA's beacon score.
"""

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from tocsin.detect._called import NAMED, PAIR, by, by_address, calls_of, once
from tocsin.detect._expressions import points, score, share, stacked
from tocsin.detect._regularity import MINUTE_US, alike, jittered, measured, rapid
from tocsin.detect._services import CLOCKWORK, ORDINARY, runs_on
from tocsin.detect._slow import slow_calls
from tocsin.detect.summaries.pair_hour import SLOT_MINUTES
from tocsin.wording import number

SAMPLING = 1
RARITY = True
NEEDS = ("flow.responder_packets",)


def detect(
    flow: ir.Table,
    pair_hour: ir.Table,
    named: ir.Table,
    history: ir.Table,
    *,
    contacts_min: int = 20,
    minutes_min: int = 15,
    spread_max_percent: int = 75,
    slots_min: int = 36,
    slots_min_percent: int = 80,
    rapid_contacts_min: int = 100,
    rapid_minutes_min: int = 5,
    rapid_a_minute_min: int = 10,
    same_max_percent: int = 2,
    jitter_hours_min: int = 3,
    jitter_min_percent: int = 5,
    alike_max_percent: int = 10,
    little_max_bytes: int = 10_000,
    names_min: int = 5,
    score_min: float = 0.4,
) -> ir.Table:
    """Regular contacts, one row for each sensor, host, peer, port, protocol and day, or name and day."""
    many = contacts_min, min(minutes_min, rapid_minutes_min) * MINUTE_US
    pairs = _worth_it(by_address(pair_hour), *many)
    calls = named.mutate(day=named.time.date(), protocol=ibis.literal("tcp"))
    names, many_names = _worth_it(by(NAMED, calls), *many), _worth_it(by(PAIR, calls), *many)
    found = stacked(
        measured(pairs, calls_of(flow), PAIR),
        measured(names, calls, NAMED),
        measured(many_names.filter(many_names.names >= names_min), calls, PAIR),
        _slow(history, pair_hour, contacts_min),
    )
    even = (found.upper_us - found.lower_us) * 100 <= found.median_us * spread_max_percent
    unbroken = (found.slots_between >= slots_min) & (found.slots * 100 >= found.slots_between * slots_min_percent)
    regular = (even | unbroken) & (found.span_us >= minutes_min * MINUTE_US)
    often = rapid(found, rapid_contacts_min, rapid_a_minute_min) & alike(found, same_max_percent) & (found.names != 1)
    varied = jittered(found, jitter_hours_min, jitter_min_percent) & alike(found, alike_max_percent)
    little = (found.sent_median <= little_max_bytes) & (found.back_median <= little_max_bytes)
    found = found.mutate(called_home=(often | varied) & little)
    found = found.filter(regular | found.called_home)
    scored = found.mutate(
        score=score(
            45,
            points(~runs_on(ORDINARY, found) & found.name.isnull(), 25),
            points(found.unanswered * 2 >= found.contacts, 20),
            points(found.irc_flows > 0, 25),
            points(found.called_home, 25),
            points((found.known_flows * 2 >= found.contacts) & ~found.called_home, -25),
            points(found.protocol == "udp", -25),
        )
    )
    return _shown(once(scored.filter(scored.score >= score_min)))


def explain(host: str, strongest: Mapping[str, Any], others: int) -> str:
    """How a customer reads it."""
    lower = f"{strongest['interval_lower_quartile_seconds']:.0f}"
    upper = f"{strongest['interval_upper_quartile_seconds']:.0f}"
    apart = f"{lower} seconds" if lower == upper else f"{lower} to {upper} seconds"
    apart = "less than a second" if upper == "0" else apart
    answer = ", mostly without an answer" if (strongest["unanswered_share"] or 0) >= 0.5 else ""
    more = f" It does the same with {others} more." if others else ""
    names = strongest["names_called"]
    under = f" under {number(names)} names" if names > 1 else ""
    return (
        f"{host} has contacted {_called(strongest)}{under} {number(strongest['contacts'])} times in "
        f"{strongest['hours']:.1f} hours, half of them {apart} apart{answer}. "
        f"A program does this on its own{_unusual(strongest)}.{more}"
    )


def _called(peer: Mapping[str, Any]) -> str:
    if peer["peer"] is None:
        return f"{peer['name']} through a proxy" if peer["port"] is None else str(peer["name"])
    named = f" ({peer['name']})" if peer["name"] else ""
    return f"{peer['peer']}{named} on port {peer['port']}/{peer['protocol']}"


def _unusual(peer: Mapping[str, Any]) -> str:
    if peer["calls_home"]:
        return ", and each exchange is like the others; ordinary software does not call like this"
    ordinary = peer["port"] in ORDINARY.get(peer["protocol"], ())
    return "" if ordinary else "; ordinary devices do not do it on this port"


def _slow(history: ir.Table, pair_hour: ir.Table, contacts_min: int) -> ir.Table:
    slow = slow_calls(history, pair_hour, contacts_min)
    return slow.filter(~runs_on(CLOCKWORK, slow))


def _worth_it(pairs: ir.Table, contacts_min: int, span_min_us: int) -> ir.Table:
    """Pairs with contacts enough to be judged, of a protocol and a port on which regularity can mean something."""
    span_us = pairs.last_seen.delta(pairs.first_seen, unit="microsecond")
    hours_us = pairs.last_seen.truncate("h").delta(pairs.first_seen.truncate("h"), unit="microsecond")
    within_hours = pairs.last_seen.minute() // SLOT_MINUTES - pairs.first_seen.minute() // SLOT_MINUTES
    return pairs.mutate(
        span_us=span_us, slots_between=hours_us // (SLOT_MINUTES * MINUTE_US) + within_hours + 1
    ).filter(pairs.contacts >= contacts_min, span_us >= span_min_us, ~runs_on(CLOCKWORK, pairs))


def _shown(found: ir.Table) -> ir.Table:
    return found.select(
        *PAIR,
        "name",
        "first_seen",
        "last_seen",
        "score",
        "contacts",
        hours=found.span_us / 3.6e9,
        interval_median_seconds=found.median_us / 1e6,
        interval_lower_quartile_seconds=found.lower_us / 1e6,
        interval_upper_quartile_seconds=found.upper_us / 1e6,
        slots_with_contact_share=share(found.slots, found.slots_between),
        unanswered_share=share(found.unanswered, found.contacts),
        irc_contacts=found.irc_flows,
        sent_bytes=found.host_bytes,
        sent_median_bytes=found.sent_median,
        received_median_bytes=found.back_median,
        names_called=found.names,
        calls_home=found.called_home.cast("int64"),
    )
