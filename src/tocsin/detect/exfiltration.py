"""A host that sends far more to one outside address than it gets back, where nobody delivers anything.

Sees: large amounts that go out to one address on a port where ordinary software does not upload, or inside questions to
    a resolver or echo requests, with little coming back.

Needs: bytes both ways. Sampled sources scale them up: at 1 in 100 an amount this large still shows.

Misses: uploads to web, mail and file servers, where most stolen data goes and where backups and photographs go too;
    small amounts; amounts that are spread over many addresses or days.

Alarms falsely on: backups, cameras and remote copies over a port of their own: a rule hides those. A host with a crowd
    of peers shares files and is marked down.

Parameters:
    sent_min_megabytes: least that counts on a port of its own; logs, telemetry and mail of a day are less
    hidden_min_megabytes: least that counts inside questions to a resolver or echo requests. Resolving all names of a
        busy day takes a few megabytes at most
    returned_max_percent: most that comes back, percent of what was sent: TCP acknowledges with some 3
    crowd_min: peers on ports of their own from which a host counts as sharing files
    score_min: lowest score that is kept, below 0.7 as a candidate. The amount counts 45, a port of its own 25, hiding
        in questions or echo requests 35, being the greater part of all that the host sent out that day 5; a protocol
        that the sensor recognises as an ordinary one takes 25 away, a crowd of peers 40

Learn more: MITRE ATT&CK T1041, T1048.
"""

from collections.abc import Mapping
from typing import Any

import ibis.expr.types as ir

from tocsin.detect._expressions import count_where, points, score, share
from tocsin.detect._services import ORDINARY, runs_on
from tocsin.wording import number

SAMPLING = 100
NEEDS = ("flow.responder_bytes",)

PAIR = ("sensor", "host", "peer", "port", "protocol", "day")
HOST = ("sensor", "host", "day")
MEGABYTE = 1_000_000
RESOLVING = {"udp": (53,), "tcp": (53,)}


def detect(
    pair_hour: ir.Table,
    *,
    sent_min_megabytes: int = 100,
    hidden_min_megabytes: int = 20,
    returned_max_percent: int = 10,
    crowd_min: int = 30,
    score_min: float = 0.4,
) -> ir.Table:
    """Large one-sided amounts, one row for each sensor, host, peer, port, protocol and day."""
    pairs = _pairs(pair_hour)
    hidden = runs_on(RESOLVING, pairs) | (pairs.protocol == "icmp")
    own_port = (pairs.protocol == "tcp") & pairs.port.notnull() & ~runs_on(ORDINARY, pairs) & ~hidden
    pairs = pairs.mutate(hidden=hidden, own_port=own_port)
    hosts = pairs.group_by(HOST).agg(
        crowd=count_where(pairs.own_port & (pairs.answered > 0)), all_sent_bytes=pairs.sent_bytes.sum()
    )
    large = pairs.filter(
        ((pairs.sent_bytes >= sent_min_megabytes * MEGABYTE) & pairs.own_port)
        | ((pairs.sent_bytes >= hidden_min_megabytes * MEGABYTE) & pairs.hidden),
        # Where nothing comes back at all, nothing was delivered: that is a flood, or nobody listens.
        pairs.answered > 0,
        pairs.returned_bytes * 100 <= pairs.sent_bytes * returned_max_percent,
    )
    large = large.inner_join(hosts, HOST)
    scored = large.mutate(
        score=score(
            45,
            points(large.own_port, 25),
            points(large.hidden, 35),
            points(large.sent_bytes * 2 >= large.all_sent_bytes, 5),
            points((large.known_flows * 2 >= large.flows) & ~large.hidden, -25),
            points(large.crowd >= crowd_min, -40),
        )
    )
    return scored.filter(scored.score >= score_min).select(
        *PAIR,
        "first_seen",
        "last_seen",
        "score",
        "sent_bytes",
        "returned_bytes",
        connections=scored.flows,
        share_of_all_sent=share(scored.sent_bytes, scored.all_sent_bytes),
        peers_on_ports_of_their_own=scored.crowd,
    )


def explain(host: str, strongest: Mapping[str, Any], others: int) -> str:
    """How a customer reads it."""
    port = f" on port {strongest['port']}/{strongest['protocol']}"
    how = " inside echo requests" if strongest["protocol"] == "icmp" else port
    more = f" It did the same to {others} more." if others else ""
    sent, back = (round(strongest[f"{way}_bytes"] / MEGABYTE, 1) for way in ("sent", "returned"))
    return (
        f"{host} has sent {number(sent)} megabytes to {strongest['peer']}{how} and got {number(back)} back. "
        f"Ordinary software does not deliver anything there; if no backup does, data may have been taken.{more}"
    )


def _pairs(pair_hour: ir.Table) -> ir.Table:
    hours = pair_hour.mutate(day=pair_hour.hour.date())
    return hours.group_by(PAIR).agg(
        flows=hours.flows.sum(),
        answered=hours.answered.sum(),
        known_flows=hours.known_flows.sum(),
        sent_bytes=hours.host_bytes.sum(),
        returned_bytes=hours.peer_bytes.sum(),
        first_seen=hours["first"].min(),
        last_seen=hours["last"].max(),
    )
