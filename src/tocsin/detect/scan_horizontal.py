"""A host that tries one port of many addresses, nearly all in vain.

Sees: attempts of a local host to open TCP connections to the same port of many addresses of which hardly one answers or
    that refuse: few of them within minutes, or many over the day. Addresses outside and among the local networks are
    judged apart.

Needs: both directions told apart, and every packet or nearly so.

Misses: scans over UDP or ICMP, where silence is ordinary; scans of addresses that mostly answer; scans of few addresses
    a day; a scan on a port where the same host uses many servers that answer, or behind a peer-to-peer client.

Alarms falsely on: vulnerability scanners, inventories and researchers who scan on purpose, for flows do not tell a
    person from a bot: a rule hides those. A program with a long list of servers and a blocked port, and a device that
    cannot reach IPv6 but tries, look alike.

Parameters:
    targets_min: fewest addresses on the port that never answered; a program that looks for its server has a handful
    targets_many: addresses that count as many; servers that a person uses in a day and that are all down are fewer
    targets_mass: addresses that no ordinary list holds
    silent_min_percent: how many of the addresses tried must be silent, percent. Crawlers, mail servers and browsers
        find most of theirs; of random addresses hardly one in ten answers, of a network in use perhaps one in four
    nearly_all_percent: from where on nearly nothing answers, percent
    burst_minutes: in how short a time targets_min new addresses count as a burst; people open pages, and what they
        open answers
    scattered_max: most silent addresses of a port that does not count as scanned, but as one of the many of a
        peer-to-peer client, whose peers each have their own
    scattered_min_percent: how many addresses on such ports, percent of those on the port, make the host such a client
    targets_shown: how many addresses of each port are named
    score_min: lowest score that is kept, below 0.7 as a candidate. targets_min counts 30, targets_many and targets_mass
        20 more each, a burst in which nearly nothing answers 20, nearly nothing answering 10, a port where ordinary
        software does not look for servers 20; a peer-to-peer client loses 50

Learn more: MITRE ATT&CK T1595.001, T1046; Jung et al., Fast Portscan Detection Using Sequential Hypothesis Testing
    (IEEE S&P 2004); Antonakakis et al., Understanding the Mirai Botnet (USENIX Security 2017).
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from tocsin.detect._expressions import beside, count_where, points, score, share
from tocsin.detect._findings import REPORTED
from tocsin.detect._services import ORDINARY, runs_on
from tocsin.wording import duration, many, number

SAMPLING = 1
NEEDS = ("flow.responder_packets",)

PORT = ("sensor", "host", "inside", "port", "day")
HOST = ("sensor", "host", "inside", "day")
MINUTE_US = 60_000_000


def detect(
    attempt_day: ir.Table,
    *,
    targets_min: int = 10,
    targets_many: int = 30,
    targets_mass: int = 100,
    silent_min_percent: int = 75,
    nearly_all_percent: int = 90,
    burst_minutes: int = 5,
    scattered_max: int = 4,
    scattered_min_percent: int = 25,
    targets_shown: int = 5,
    score_min: float = 0.4,
) -> ir.Table:
    """Scanned ports, one row for each sensor, host, port, day and the first few addresses that were tried."""
    ports = _ports(attempt_day)
    scanned = ports.filter(ports.silent >= targets_min, ports.silent * 100 >= ports.targets * silent_min_percent)
    targets = attempt_day.filter(attempt_day.vain == attempt_day.attempts).semi_join(scanned, PORT)
    scanned = beside(scanned, _quickest(targets, targets_min), PORT)
    scanned = beside(scanned, _scattered(attempt_day, ports, scattered_max), HOST).mutate(protocol=ibis.literal("tcp"))
    nearly_all = scanned.silent * 100 >= scanned.targets * nearly_all_percent
    peer_to_peer = scanned.scattered * 100 >= scanned.silent * scattered_min_percent
    scored = scanned.mutate(
        score=score(
            30,
            points(scanned.silent >= targets_many, 20),
            points(scanned.silent >= targets_mass, 20),
            points(nearly_all, 10),
            points(nearly_all & (scanned.quickest_us <= burst_minutes * MINUTE_US), 20),
            points(~runs_on(ORDINARY, scanned), 20),
            points(peer_to_peer, -50),
        )
    )
    found = scored.filter(scored.score >= score_min)
    alike = [*(found[key] for key in HOST), found.score >= REPORTED]
    found = found.mutate(ports=found.count().over(group_by=alike))
    return _shown(found, targets, targets_shown)


def explain(host: str, strongest: Mapping[str, Any], others: int) -> str:  # noqa: ARG001  (it counts what is named)
    """How a customer reads it."""
    where = "its own networks" if strongest["targets_inside"] else "the Internet"
    more = many(strongest["ports"] - 1, "more port")
    also = f" It did the same with {more}." if strongest["ports"] > 1 else ""
    return (
        f"{host} has tried port {strongest['port']}/{strongest['protocol']} of {number(strongest['targets'])} "
        f"addresses in {where} within {duration(timedelta(minutes=strongest['minutes']))}; "
        f"{number(strongest['silent_targets'])} of them did not answer or refused.{also} Bots look for devices to take "
        f"over in this way; so do people who check a network, and flows do not tell the two apart."
    )


def _ports(attempts: ir.Table) -> ir.Table:
    return attempts.group_by(PORT).agg(
        targets=attempts.count(),
        silent=count_where(attempts.vain == attempts.attempts),
        attempts=attempts.attempts.sum(),
        vain=attempts.vain.sum(),
        first_seen=attempts["first"].min(),
        last_seen=attempts["last"].max(),
    )


def _quickest(targets: ir.Table, size: int) -> ir.Table:
    """Shortest time, in microseconds, in which so many new addresses of a port were tried."""
    ordered = ibis.window(group_by=[targets[key] for key in PORT], order_by=targets["first"])
    runs = targets.mutate(
        run_us=targets["first"].delta(targets["first"].lag(size - 1).over(ordered), unit="microsecond")
    )
    return runs.group_by(PORT).agg(quickest_us=runs.run_us.min())


def _scattered(attempts: ir.Table, ports: ir.Table, most: int) -> ir.Table:
    """How many silent addresses each host has tried on ports that it tried with hardly any other."""
    alone = attempts.filter(attempts.vain == attempts.attempts).semi_join(
        ports.filter(ports.silent <= most, ports.silent > 0), PORT
    )
    return alone.group_by(HOST).agg(scattered=alone.peer.nunique())


def _shown(found: ir.Table, targets: ir.Table, most: int) -> ir.Table:
    """The first few targets of each port, each with the evidence of its port."""
    by_time = ibis.window(group_by=[targets[key] for key in PORT], order_by=[targets["first"], targets.peer])
    few = targets.mutate(place=ibis.row_number().over(by_time)).filter(lambda row: row.place < most)
    rows = few.select(*PORT, "peer").inner_join(found, PORT)
    lasted_us = rows.last_seen.delta(rows.first_seen, unit="microsecond")
    return rows.select(
        *("sensor", "host", "peer", "port", "protocol", "day", "first_seen", "last_seen", "score", "targets"),
        silent_targets=rows.silent,
        targets_inside=ibis.ifelse(rows.inside, rows.targets, 0),
        attempts=rows.attempts,
        unanswered_share=share(rows.vain, rows.attempts),
        minutes=lasted_us / 6e7,
        targets_per_minute=share(rows.targets * MINUTE_US, ibis.greatest(lasted_us, MINUTE_US)),
        ports=rows.ports,
        silent_targets_on_scattered_ports=rows.scattered.fill_null(0),
    )
