"""A host that talks with a crowd of peers, each on a port of its own, and searches for devices to take over as well.

Sees: small exchanges over UDP with many outside addresses, each on another port, as nodes of a network without a
    centre have them, by a host that on the same day tries one TCP port of many addresses in vain. Botnets without a
    control server (Hajime, Mozi, FritzFrog) keep together by the first and grow by the second.

Needs: both directions told apart, and every packet or nearly so.

Misses: such bots on a day on which they do not scan, or whose scanning is done by others; networks over TCP. Without
    the search a host may as well share files: it stays a candidate, which is not reported.

Alarms falsely on: a file-sharing client on a machine from which somebody checks a network.

Parameters:
    peers_min: fewest peers; a game or a call has a handful, a file-sharing client that has just begun some tens
    ports_min_percent: how many different ports the peers have, percent of the peers. Services have one port for all
    bytes_per_peer_max: most bytes with a peer, both ways, on average; files that are shared are far larger
    silent_min: fewest addresses on one TCP port that never answered, to count as a search
    silent_min_percent: how many of the addresses tried on that port must be silent, percent
    peers_shown: how many peers are named
    score_min: lowest score that is kept, below 0.7 as a candidate. The crowd counts 45, the search 30, peers that
        mostly do not answer 10

Learn more: MITRE ATT&CK T1090; Herwig et al., Measurement and Analysis of Hajime (NDSS 2019).
"""

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from tocsin.detect._expressions import count_where, points, score, share
from tocsin.detect._services import CLOCKWORK, ORDINARY, runs_on
from tocsin.wording import many, number

SAMPLING = 1
NEEDS = ("flow.responder_packets",)

HOST = ("sensor", "host", "day")
SEARCHED = (*HOST, "port")


def detect(
    pair_hour: ir.Table,
    attempt_day: ir.Table,
    *,
    peers_min: int = 30,
    ports_min_percent: int = 50,
    bytes_per_peer_max: int = 10_000,
    silent_min: int = 10,
    silent_min_percent: int = 75,
    peers_shown: int = 5,
    score_min: float = 0.4,
) -> ir.Table:
    """Hosts with a crowd of peers, one row for each sensor, host, day and the first few of its peers."""
    peers = _peers(pair_hour)
    crowds = peers.group_by(HOST).agg(
        peers=peers.peer.nunique(),
        ports=peers.port.nunique(),
        answering=count_where(peers.answered > 0),
        exchanged_bytes=peers.both_bytes.sum(),
        since=peers.first_seen.min(),
        until=peers.last_seen.max(),
    )
    crowds = crowds.filter(
        crowds.peers >= peers_min,
        crowds.ports * 100 >= crowds.peers * ports_min_percent,
        crowds.exchanged_bytes <= crowds.peers * bytes_per_peer_max,
    )
    crowds = crowds.left_join(_searches(attempt_day, silent_min, silent_min_percent), HOST)
    crowds = crowds.drop(*(f"{key}_right" for key in HOST)).mutate(searched=lambda row: row.searched.fill_null(0))
    scored = crowds.mutate(
        score=score(45, points(crowds.searched > 0, 30), points(crowds.answering * 2 < crowds.peers, 10))
    )
    return _shown(scored.filter(scored.score >= score_min), peers, peers_shown)


def explain(host: str, strongest: Mapping[str, Any], others: int) -> str:  # noqa: ARG001  (it counts what is named)
    """How a customer reads it."""
    return (
        f"{host} has exchanged small messages with {number(strongest['peers'])} addresses, nearly each on a port of "
        f"its own, and has also tried {many(strongest['searched_addresses'], 'address', 'addresses')} in vain for a "
        f"service to get in by. Bots that need no control server keep together and spread like this."
    )


def _peers(pair_hour: ir.Table) -> ir.Table:
    """The peers over UDP of each host and day, but for what ordinary software does over UDP."""
    hours = pair_hour.filter(pair_hour.protocol == "udp", pair_hour.port.notnull())
    hours = hours.filter(~runs_on(CLOCKWORK, hours), ~runs_on(ORDINARY, hours))
    hours = hours.mutate(day=hours.hour.date())
    return hours.group_by(*HOST, "peer", "port").agg(
        answered=hours.answered.sum(),
        both_bytes=(hours.host_bytes + hours.peer_bytes).sum(),
        first_seen=hours["first"].min(),
        last_seen=hours["last"].max(),
    )


def _searches(attempts: ir.Table, silent_min: int, silent_min_percent: int) -> ir.Table:
    """How many addresses each host has tried in vain on the ports that it searched for."""
    ports = attempts.group_by(SEARCHED).agg(
        targets=attempts.count(), silent=count_where(attempts.vain == attempts.attempts)
    )
    searched = ports.mutate(protocol=ibis.literal("tcp")).filter(
        ports.silent >= silent_min, ports.silent * 100 >= ports.targets * silent_min_percent
    )
    # File-sharing clients use the ports of the web too, to get past firewalls.
    searched = searched.filter(~runs_on(ORDINARY, searched))
    return searched.group_by(HOST).agg(searched=searched.silent.sum())


def _shown(crowds: ir.Table, peers: ir.Table, most: int) -> ir.Table:
    """The first few peers of each crowd, each with the evidence of the crowd."""
    by_time = ibis.window(group_by=[peers[key] for key in HOST], order_by=[peers.first_seen, peers.peer, peers.port])
    few = peers.mutate(place=ibis.row_number().over(by_time)).filter(lambda row: row.place < most)
    rows = few.select(*HOST, "peer", "port").inner_join(crowds, HOST)
    return rows.select(
        *HOST,
        "peer",
        "port",
        "score",
        "peers",
        "ports",
        protocol=ibis.literal("udp"),
        first_seen=rows.since,
        last_seen=rows.until,
        answering_peers_share=share(rows.answering, rows.peers),
        bytes_per_peer=share(rows.exchanged_bytes, rows.peers),
        searched_addresses=rows.searched,
    )
