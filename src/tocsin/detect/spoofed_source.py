"""A network lets out packets whose senders' addresses are not its own.

Sees: flows, at a sensor that stands at the edge of the party's networks, in which neither side is one of its addresses
    and to which nothing comes back, with many senders to the same target. A sender outside cannot pass there; somebody
    inside forges it. The subject is the sensor: who forges cannot be told from flows.

Needs: the party's prefixes in full, both directions told apart, and a sensor that sees no transit traffic.

Misses: forged addresses from the party's own networks; all of it at a sensor that mirrors other networks' traffic too,
    which is told by how much of it that is.

Alarms falsely on: a network that is missing from the party's prefixes: its hosts look forged, but are answered.

Parameters:
    senders_min: fewest different senders to one target; a host that has moved brings one address
    flows_min: fewest flows of them
    answered_max_percent: most that are answered, percent; answers to forged senders go elsewhere
    transit_max_percent: how many of the sensor's flows may be between others; beyond, it sees transit, not forgery
    targets_shown: how many targets are named
    score_min: lowest score that is kept, below 0.7 as a candidate. Forged senders count 70, ten times as many 10,
        addresses that are nowhere on the Internet (RFC 6890) among them 10

Learn more: BCP 38, BCP 84; CAIDA Spoofer project; MANRS actions for network operators.
"""

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from tocsin.detect._expressions import count_where, packets_at_least, points, score, share
from tocsin.wording import number

SAMPLING = 100
NEEDS = ("flow.responder_packets",)

TARGET = ("sensor", "peer", "port", "protocol", "day")

# Never the sender of anything on the Internet; as text, for a day has few of them.
NOWHERE = (
    r"^(10\.|127\.|0\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|192\.168\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd])"
)


def detect(
    flow: ir.Table,
    place: ir.Table,
    *,
    senders_min: int = 20,
    flows_min: int = 100,
    answered_max_percent: int = 5,
    transit_max_percent: int = 20,
    targets_shown: int = 5,
    score_min: float = 0.4,
) -> ir.Table:
    """Targets of forged senders, one row for each sensor, target, port and day, those of most senders first."""
    known = place.view()
    foreign = flow.anti_join(place, flow.initiator == place.address)
    foreign = foreign.anti_join(known, foreign.responder == known.address)
    edge = _edges(flow, foreign, transit_max_percent)
    targets = _targets(foreign.semi_join(edge, "sensor"))
    forged = targets.filter(
        targets.senders >= senders_min,
        targets.flows >= flows_min,
        targets.answered * 100 <= targets.flows * answered_max_percent,
    )
    order = ibis.window(
        group_by=[forged.sensor, forged.day],
        order_by=[forged.senders.desc(), forged.peer, forged.port, forged.protocol],
    )
    few = forged.mutate(at=ibis.row_number().over(order)).filter(lambda row: row.at < targets_shown)
    scored = few.mutate(score=score(70, points(few.senders >= 10 * senders_min, 10), points(few.from_nowhere > 0, 10)))
    return scored.filter(scored.score >= score_min).select(
        *TARGET,
        "first_seen",
        "last_seen",
        "score",
        "senders",
        "flows",
        "packets",
        kind=ibis.literal("sensor"),
        host=scored.sensor,
        senders_from_nowhere=scored.from_nowhere,
        answered_share=share(scored.answered, scored.flows),
    )


def explain(host: str, strongest: Mapping[str, Any], others: int) -> str:
    """How a customer reads it."""
    more = f" So did {others} more targets." if others else ""
    return (
        f"Past sensor {host}, {strongest['peer']} was sent {number(strongest['packets'])} packets by "
        f"{number(strongest['senders'])} addresses that are not of this network, and answered none.{more} Somebody "
        f"inside forges senders; filters at the edge (BCP 38) stop that."
    )


def _edges(flow: ir.Table, foreign: ir.Table, transit_max_percent: int) -> ir.Table:
    """Sensors at which little is between others."""
    every = flow.group_by("sensor").agg(flows=flow.count())
    between = foreign.group_by("sensor").agg(between=foreign.count())
    both = every.inner_join(between, "sensor")
    return both.filter(both.between * 100 <= both.flows * transit_max_percent).select("sensor")


def _targets(foreign: ir.Table) -> ir.Table:
    sent = foreign.select(
        "sensor",
        "protocol",
        "time",
        sender=foreign.initiator,
        peer=foreign.responder,
        port=foreign.responder_port,
        day=foreign.time.date(),
        packets=ibis.greatest(packets_at_least(foreign, "initiator").fill_null(1), 1),
        back=packets_at_least(foreign, "responder"),
    )
    sent = sent.filter(sent.back.notnull())
    return sent.group_by(TARGET).agg(
        senders=sent.sender.nunique(),
        from_nowhere=sent.sender.nunique(where=sent.sender.re_search(NOWHERE)),
        flows=sent.count(),
        answered=count_where(sent.back > 0),
        packets=sent.packets.sum(),
        first_seen=sent.time.min(),
        last_seen=sent.time.max(),
    )
