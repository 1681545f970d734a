"""A host that calls the same outside address over and over, as regular as a machine.

Sees: contacts from a local host to one outside address, port and protocol, at even intervals (periodic, also with
    jitter), or without a pause for hours. People leave gaps; programs that wait for orders do not.

Needs: the start of each flow, both directions told apart, and every packet or nearly so: at coarse sampling most
    contacts are missed and what is left looks irregular.

Misses: contacts that are rarer than the telemetry is long, that hide among ordinary web traffic to shared hosts, or
    that answer regularly on an ordinary port: on flows alone those cannot be told from update checks.

Alarms falsely on: monitoring agents, remote management and games that keep in touch on a port of their own. Clocks and
    resolvers are left out by protocol and port.

Parameters:
    contacts_min: fewest contacts on the day; below 20 intervals a quartile rests on five values or fewer
    minutes_min: shortest time from first to last contact; a page that reloads keeps it up for less
    spread_max_percent: largest distance between the quartiles of the intervals, in percent of their median. An
        interval that is jittered evenly by up to half of itself, either way, has 50; events without memory (Poisson)
        have 158, and people are burstier than that
    slots_min: five-minute slots from first to last contact from which unbroken contact counts as regular
    slots_min_percent: how many of these slots must hold a contact, percent; one in five may fall to an outage or a
        restart, but people sleep, eat and leave
    score_min: lowest score that is kept, below 0.7 as a candidate. Regularity counts 45, a port of its own 25, silence
        from the other side 20, chat with machines (IRC) 25; UDP, which keeps paths open with regular packets, and a
        protocol that the sensor recognises as an ordinary one take 25 away

Learn more: MITRE ATT&CK T1071; Hu et al., BAYWATCH (DSN 2016); documentation of RITA's beacon score.
"""

from collections.abc import Mapping
from typing import Any

import ibis.expr.types as ir

from tocsin.detect._expressions import gaps_us, points, quantiles, score, share
from tocsin.detect._services import CLOCKWORK, ORDINARY, runs_on
from tocsin.detect.summaries.pair_hour import SLOT_MINUTES
from tocsin.wording import number

SAMPLING = 1
RARITY = True
NEEDS = ("flow.responder_packets",)

PAIR = ("sensor", "host", "peer", "port", "protocol", "day")
MINUTE_US = 60_000_000
SLOT_US = SLOT_MINUTES * MINUTE_US


def detect(
    flow: ir.Table,
    pair_hour: ir.Table,
    *,
    contacts_min: int = 20,
    minutes_min: int = 15,
    spread_max_percent: int = 75,
    slots_min: int = 36,
    slots_min_percent: int = 80,
    score_min: float = 0.4,
) -> ir.Table:
    """Regular contacts, one row for each sensor, host, peer, port, protocol and day."""
    pairs = _pairs(pair_hour)
    pairs = pairs.filter(
        pairs.contacts >= contacts_min,
        pairs.span_us >= minutes_min * MINUTE_US,
        pairs.protocol.isin(("tcp", "udp")),
        pairs.port.notnull(),
        ~runs_on(CLOCKWORK, pairs),
    )
    pairs = pairs.left_join(_intervals(flow, pairs), PAIR).drop(*(f"{key}_right" for key in PAIR))
    even = (pairs.upper_us - pairs.lower_us) * 100 <= pairs.median_us * spread_max_percent
    unbroken = (pairs.slots_between >= slots_min) & (pairs.slots * 100 >= pairs.slots_between * slots_min_percent)
    scored = pairs.filter(even | unbroken).mutate(
        score=score(
            45,
            points(~runs_on(ORDINARY, pairs), 25),
            points(pairs.unanswered * 2 >= pairs.contacts, 20),
            points(pairs.irc_flows > 0, 25),
            points(pairs.known_flows * 2 >= pairs.contacts, -25),
            points(pairs.protocol == "udp", -25),
        )
    )
    return scored.filter(scored.score >= score_min).select(
        *PAIR,
        "first_seen",
        "last_seen",
        "score",
        "contacts",
        hours=scored.span_us / 3.6e9,
        interval_median_seconds=scored.median_us / 1e6,
        interval_lower_quartile_seconds=scored.lower_us / 1e6,
        interval_upper_quartile_seconds=scored.upper_us / 1e6,
        slots_with_contact_share=share(scored.slots, scored.slots_between),
        unanswered_share=share(scored.unanswered, scored.contacts),
        irc_contacts=scored.irc_flows,
        sent_bytes=scored.host_bytes,
    )


def explain(host: str, strongest: Mapping[str, Any], others: int) -> str:
    """How a customer reads it."""
    lower = f"{strongest['interval_lower_quartile_seconds']:.0f}"
    upper = f"{strongest['interval_upper_quartile_seconds']:.0f}"
    apart = f"{lower} seconds" if lower == upper else f"{lower} to {upper} seconds"
    answer = ", mostly without an answer" if (strongest["unanswered_share"] or 0) >= 0.5 else ""
    ordinary = strongest["port"] in ORDINARY.get(strongest["protocol"], ())
    usual = "" if ordinary else "; ordinary devices do not do it on this port"
    more = f" It does the same with {others} more." if others else ""
    return (
        f"{host} has contacted {strongest['peer']} on port {strongest['port']}/{strongest['protocol']} "
        f"{number(strongest['contacts'])} times in {strongest['hours']:.1f} hours, half of them {apart} apart{answer}. "
        f"A program does this on its own{usual}.{more}"
    )


def _pairs(pair_hour: ir.Table) -> ir.Table:
    """Pairs of the day, from their hours."""
    hours = pair_hour.mutate(day=pair_hour.hour.date())
    pairs = hours.group_by(PAIR).agg(
        contacts=hours.flows.sum(),
        unanswered=hours.unanswered.sum(),
        irc_flows=hours.irc_flows.sum(),
        known_flows=hours.known_flows.sum(),
        slots=hours.slots.sum(),
        host_bytes=hours.host_bytes.sum(),
        first_seen=hours["first"].min(),
        last_seen=hours["last"].max(),
    )
    first, last = pairs.first_seen, pairs.last_seen
    hours_us = last.truncate("h").delta(first.truncate("h"), unit="microsecond")
    slots_between = hours_us // SLOT_US + last.minute() // SLOT_MINUTES - first.minute() // SLOT_MINUTES + 1
    return pairs.mutate(span_us=last.delta(first, unit="microsecond"), slots_between=slots_between)


def _intervals(flow: ir.Table, pairs: ir.Table) -> ir.Table:
    """Quartiles of the time between contacts, for the pairs that are worth it."""
    contacts = flow.select(
        "sensor",
        "time",
        "protocol",
        host=flow.initiator,
        peer=flow.responder,
        port=flow.responder_port,
        day=flow.time.date(),
    ).semi_join(pairs, PAIR)
    intervals = gaps_us(contacts, PAIR)
    return quantiles(intervals, PAIR, "gap_us", lower_us=25, median_us=50, upper_us=75)
