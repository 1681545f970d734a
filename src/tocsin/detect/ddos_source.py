"""A host that floods one outside address and gets next to nothing back.

Sees: bursts of packets, or of new flows, from one local host to one address, port and protocol, far beyond what any
    conversation sends, with hardly a packet in return.

Needs: both directions told apart, and counts of packets or one row for each flow. Sampled sources scale their packets
    up; at 1 in 100 a burst still shows by its packets.

Misses: floods that are answered (requests to a web server that holds out), slow attacks that hold connections open,
    floods over midnight of which neither part is large, a share of a flood so thin that the host's part is ordinary,
    and floods spread over many addresses of a network.

Alarms falsely on: one-way streams that nobody acknowledges, such as video over plain UDP to a silent receiver, and
    load tests against a dead service.

Parameters:
    quiet_seconds: silence that ends a burst
    packets_min: fewest packets of a burst. A dead server costs a client some six packets a connection
    flows_min: fewest flows of a burst where packets are not counted
    packets_per_second_min: lowest rate. Speech sends 50 packets a second each way
    flows_per_second_min: lowest rate of new flows. A browser opens some tens at once, then waits
    answered_max_percent: most packets back, percent of those sent. A receiver of TCP acknowledges every other one
    score_min: lowest score that is kept, below 0.7 as a candidate

Learn more: MITRE ATT&CK T1498; Antonakakis et al., Understanding the Mirai Botnet (USENIX Security 2017).
"""

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from tocsin.detect._expressions import count_where, gaps_us, packets_at_least, points, score, share, total
from tocsin.wording import many, number

SAMPLING = 1000
NEEDS = ("flow.responder_packets",)

PAIR = ("sensor", "host", "peer", "port", "protocol", "day")
SECOND_US = 1_000_000
# Stands for a protocol without ports, for nulls do not join.
NO_PORT = -1
# A flow weighs no more than this many packets, so that sums stay within 64 bits.
WEIGHT_MAX = 1 << 31


def detect(
    flow: ir.Table,
    pair_hour: ir.Table,
    *,
    quiet_seconds: int = 60,
    packets_min: int = 10_000,
    flows_min: int = 1_000,
    packets_per_second_min: int = 200,
    flows_per_second_min: int = 30,
    answered_max_percent: int = 10,
    score_min: float = 0.4,
) -> ir.Table:
    """Floods, one row for each sensor, host, peer, port, protocol and day: its largest burst, and how many."""
    # A burst that spans two hours has at least half of itself in one of them.
    hours = pair_hour.filter(
        (pair_hour.host_packets * 2 >= packets_min) | (pair_hour.flows * 2 >= flows_min),
        pair_hour.peer_packets * 100 <= ibis.greatest(pair_hour.host_packets, pair_hour.flows) * answered_max_percent,
    )
    bursts = _bursts(flow, hours.mutate(day=hours.hour.date(), port=hours.port.fill_null(NO_PORT)), quiet_seconds)
    by_packets = (bursts.packets >= packets_min) & (
        bursts.packets * SECOND_US >= bursts.lasted_us * packets_per_second_min
    )
    by_flows = (bursts.flows >= flows_min) & (bursts.flows * SECOND_US >= bursts.lasted_us * flows_per_second_min)
    one_way = bursts.packets_back * 100 <= ibis.greatest(bursts.packets, bursts.flows) * answered_max_percent
    heard = bursts.heard * 2 >= bursts.flows
    floods = bursts.filter(by_packets | by_flows, one_way, heard).mutate(
        burst_score=score(
            70,
            points((bursts.packets_back == 0) & (bursts.heard == bursts.flows), 10),
            points(bursts.packets >= 10 * packets_min, 10),
            points(bursts.flows >= 10 * flows_min, 10),
            points(bursts.packets * SECOND_US >= bursts.lasted_us * 5 * packets_per_second_min, 10),
        )
    )
    floods = floods.mutate(port=floods.port.nullif(NO_PORT))
    days = floods.group_by(PAIR).agg(
        first_seen=floods.start.min(),
        last_seen=floods.end.max(),
        score=floods.burst_score.max(),
        bursts=floods.count(),
        flows=floods.flows.sum(),
        packets=floods.packets.sum(),
        packets_back=floods.packets_back.sum(),
        sent_bytes=floods.sent_bytes.sum(),
        lasted_us=floods.lasted_us.sum(),
    )
    return days.filter(days.score >= score_min).select(
        *PAIR,
        "first_seen",
        "last_seen",
        "score",
        "bursts",
        "flows",
        "packets",
        "packets_back",
        "sent_bytes",
        lasted_seconds=days.lasted_us / 1e6,
        flows_per_second=share(days.flows * SECOND_US, days.lasted_us),
        packets_per_second=share(days.packets * SECOND_US, days.lasted_us),
    )


def explain(host: str, strongest: Mapping[str, Any], others: int) -> str:
    """How a customer reads it."""
    packets = strongest["packets"] > strongest["flows"]
    counted, rate = ("packets", "packets_per_second") if packets else ("flows", "flows_per_second")
    what = "packets" if packets else "new connections"
    more = f" It did the same to {others} more." if others else ""
    port, protocol = strongest["port"], strongest["protocol"]
    where = f"over protocol {protocol}" if port is None else f"on port {port}/{protocol}"
    return (
        f"{host} sent {number(strongest[counted])} {what} to {strongest['peer']} {where} within "
        f"{many(round(strongest['lasted_seconds']), 'second')}, "
        f"{number(round(strongest[rate]))} a second, and next to nothing came back. "
        f"Ordinary use does not do that: the device takes part in flooding that address.{more}"
    )


def _bursts(flow: ir.Table, hours: ir.Table, quiet_seconds: int) -> ir.Table:
    """Runs of flows to one peer without a longer silence, for the pairs that are worth it."""
    flows = flow.select(
        "sensor",
        "time",
        "protocol",
        "duration_us",
        "initiator_bytes",
        host=flow.initiator,
        peer=flow.responder,
        port=flow.responder_port.fill_null(NO_PORT),
        day=flow.time.date(),
        sent=packets_at_least(flow, "initiator"),
        back=packets_at_least(flow, "responder"),
    ).semi_join(hours, PAIR)
    flows = gaps_us(flows, PAIR)
    begins = points(flows.gap_us > quiet_seconds * SECOND_US, 1)
    # A range, not rows: flows at the same moment belong to the same burst, whatever their order.
    ordered = ibis.range_window(preceding=None, following=0, group_by=[flows[key] for key in PAIR], order_by=flows.time)
    flows = flows.mutate(burst=begins.sum().over(ordered))
    weight = ibis.least(flows.sent.fill_null(0), WEIGHT_MAX)
    bursts = flows.group_by([*PAIR, "burst"]).agg(
        start=flows.time.min(),
        end=flows.time.max(),
        packet_seconds=total(weight * flows.duration_us // SECOND_US),
        weight=total(weight),
        heard=count_where(flows.back.notnull()),
        flows=flows.count(),
        packets=total(flows.sent),
        packets_back=total(flows.back),
        sent_bytes=total(flows.initiator_bytes),
    )
    # A flow's packets are spread over its duration: on the mean of all packets, lest one idle connection hide a flood.
    # A burst lasts at least a second, so that no rate is infinite.
    spread_us = ibis.coalesce(bursts.packet_seconds // bursts.weight.nullif(0), 0) * SECOND_US
    lasted = bursts.end.delta(bursts.start, unit="microsecond") + spread_us
    return bursts.mutate(lasted_us=ibis.greatest(lasted, SECOND_US))
