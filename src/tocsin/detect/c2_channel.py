"""A host that keeps a low-volume channel to one outside address open, or opens it again all day.

Sees: connections over TCP that carry little and last for hours, or that are opened again and again, on a port where
    ordinary software does not keep in touch: IRC and raw protocols through which a bot waits for orders.

Needs: both directions with bytes and durations, every packet or nearly so. That the sensor names the application
    protocol helps but is not needed.

Misses: channels on ordinary ports or inside an ordinary protocol, through a proxy, or that carry much; UDP.

Alarms falsely on: terminal sessions, games and machine-to-machine links on ports of their own. A person's chat stays
    connected and so stays below; a host with many such peers is a peer-to-peer client and is marked down.

Parameters:
    hours_min: fewest hours of the day with an answered connection, or
    connected_min_minutes: shortest time connected in all; longer than a page, a mail or a modest download
    answered_min: fewest connections that were answered, unless one of them lasted for hours_min
    bytes_per_minute_max: most bytes a minute, both ways, over the time connected or from first to last contact,
        whichever is longer. Orders and keep-alives are some hundreds; speech is some 480,000, browsing more
    churn_min: fewest answered connections that count as calling again and again
    churn_max_minutes: longest mean connection that does
    peers_max: most peers of this kind before a host counts as a peer-to-peer client
    score_min: lowest score that is kept, below 0.7 as a candidate. A channel counts 40, a port of its own 25, calling
        again and again 25, lasting for hours_min without a gap 10, IRC 10; a protocol that the sensor recognises as an
        ordinary one takes 25 away, being one of many alike 20

Learn more: MITRE ATT&CK T1071, T1095; Gu, Zhang, Lee, BotSniffer (NDSS 2008).
"""

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from tocsin.detect._expressions import count_where, points, score, share
from tocsin.detect._services import CHAT, CLOCKWORK, ORDINARY, runs_on
from tocsin.detect.summaries.pair_hour import SLOT_MINUTES
from tocsin.wording import many, number

SAMPLING = 1
RARITY = True
NEEDS = ("flow.responder_packets", "flow.responder_bytes", "flow.duration_us")

PAIR = ("sensor", "host", "peer", "port", "protocol", "day")
MINUTE_US = 60_000_000
SLOT_US = SLOT_MINUTES * MINUTE_US
HOUR_US = 60 * MINUTE_US


def detect(
    pair_hour: ir.Table,
    *,
    hours_min: int = 3,
    connected_min_minutes: int = 30,
    answered_min: int = 3,
    bytes_per_minute_max: int = 4000,
    churn_min: int = 20,
    churn_max_minutes: int = 10,
    peers_max: int = 5,
    score_min: float = 0.4,
) -> ir.Table:
    """Low-volume channels, one row for each sensor, host, peer, port, protocol and day."""
    pairs = _pairs(pair_hour)
    held = pairs.connected_us >= hours_min * HOUR_US
    lasting = (pairs.hours >= hours_min) | (pairs.connected_us >= connected_min_minutes * MINUTE_US)
    in_use_us = ibis.greatest(pairs.connected_us, pairs.span_us, MINUTE_US)
    little = pairs.both_bytes * MINUTE_US <= in_use_us * bytes_per_minute_max
    own_port = ~runs_on(ORDINARY, pairs) & ~runs_on(CHAT, pairs)
    chosen = pairs.mutate(held=held, own_port=own_port).filter(
        pairs.protocol == "tcp",
        pairs.port.notnull(),
        (pairs.answered >= answered_min) | held,
        lasting,
        little,
        ~runs_on(CLOCKWORK, pairs),
    )
    chosen = chosen.filter(chosen.own_port | (chosen.irc_flows > 0))
    alike = count_where(chosen.own_port).over(group_by=[chosen.sensor, chosen.host, chosen.day])
    unbroken = (chosen.span_us >= hours_min * HOUR_US) & (chosen.slots * SLOT_US * 10 >= chosen.span_us * 8)
    brief = chosen.connected_us <= chosen.answered * churn_max_minutes * MINUTE_US
    scored = chosen.mutate(
        score=score(
            40,
            points(chosen.own_port, 25),
            points((chosen.answered >= churn_min) & brief, 25),
            points(chosen.held | unbroken, 10),
            points(chosen.irc_flows > 0, 10),
            points(chosen.known_flows * 2 >= chosen.answered, -25),
            points(alike > peers_max, -20),
        )
    )
    return scored.filter(scored.score >= score_min).select(
        *PAIR,
        "first_seen",
        "last_seen",
        "score",
        connections=scored.flows,
        answered_connections=scored.answered,
        hours_with_contact=scored.hours,
        connected_minutes=scored.connected_us / 6e7,
        bytes_per_connection=share(scored.both_bytes, scored.answered),
        irc_connections=scored.irc_flows,
    )


def explain(host: str, strongest: Mapping[str, Any], others: int) -> str:
    """How a customer reads it."""
    talk = "a chat protocol (IRC)" if strongest["irc_connections"] else "a protocol of its own"
    connections, hours = strongest["answered_connections"], strongest["hours_with_contact"]
    # Minutes add up beyond the clock where many connections overlap; hours say nothing of one that was held.
    held = f"of {many(round(strongest['connected_minutes']), 'minute')} in all"
    lasting = f"in {many(hours, 'hour')} of the day" if connections > hours else held
    more = f" It does the same with {others} more." if others else ""
    return (
        f"{host} has kept in touch with {strongest['peer']} on port {strongest['port']}/{strongest['protocol']} "
        f"over {talk}: {many(connections, 'answered connection')} {lasting}, "
        f"{number(round(strongest['bytes_per_connection']))} bytes each. Bots often wait for orders in this way.{more}"
    )


def _pairs(pair_hour: ir.Table) -> ir.Table:
    hours = pair_hour.mutate(day=pair_hour.hour.date())
    pairs = hours.group_by(PAIR).agg(
        flows=hours.flows.sum(),
        answered=hours.answered.sum(),
        irc_flows=hours.irc_flows.sum(),
        known_flows=hours.known_flows.sum(),
        slots=hours.slots.sum(),
        hours=count_where(hours.answered > 0),
        connected_us=hours.connected_us.sum(),
        both_bytes=(hours.host_bytes + hours.peer_bytes).sum(),
        first_seen=hours["first"].min(),
        last_seen=hours["last"].max(),
    )
    return pairs.mutate(span_us=pairs.last_seen.delta(pairs.first_seen, unit="microsecond"))
