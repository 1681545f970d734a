"""A host that tries many ports of one address, nearly all in vain or many well-known ones at once.

Sees: attempts of a local host to open TCP connections to many ports of one address, outside or local, of which hardly
    one answers or that are refused; or to many well-known ports within a minute, whatever comes back.

Needs: both directions told apart, and every packet or nearly so.

Misses: scans over UDP; scans of the few ports that matter most; slow or high scans of an address that answers on most
    ports, as some firewalls do for the hosts behind them; scans slower than a day.

Alarms falsely on: vulnerability scanners and people who check a machine, for flows do not tell a person from a bot: a
    rule hides those. Monitoring that asks for many services of one machine, while that machine is down.

Parameters:
    ports_min: fewest ports that never answered; a program that looks for an open way out tries a handful
    ports_many: ports that count as many; hardly a machine offers as many services
    silent_min_percent: how many of the ports tried must be silent, percent. Programs that are told a port for each
        transfer, such as FTP, find it open
    nearly_all_percent: from where on nearly nothing answers, percent
    burst_minutes: in how short a time ports_min new ports count as a burst
    low_ports_min: how many of the ports must be well-known ones (below 1024) to count as a search for services. The
        ports that a peer opens for itself are high
    low_ports_sweep: well-known ports within burst_minutes that count as a search even where they answer, as those of
        traps and of some firewalls do; no program needs as many services of one machine at once
    score_min: lowest score that is kept, below 0.7 as a candidate. ports_min counts 40, ports_many 20 more, a burst 20,
        a search for services 20, nearly nothing answering 10

Learn more: MITRE ATT&CK T1046; Jung et al., Fast Portscan Detection Using Sequential Hypothesis Testing
    (IEEE S&P 2004); the Nmap book, chapter Port Scanning Techniques.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from tocsin.detect._expressions import beside, count_where, points, score, share
from tocsin.wording import duration, many, number

SAMPLING = 1
NEEDS = ("flow.responder_packets",)

PAIR = ("sensor", "host", "inside", "peer", "day")
LOW_PORTS = 1024
MINUTE_US = 60_000_000


def detect(
    attempt_day: ir.Table,
    *,
    ports_min: int = 15,
    ports_many: int = 50,
    silent_min_percent: int = 75,
    nearly_all_percent: int = 90,
    burst_minutes: int = 1,
    low_ports_min: int = 5,
    low_ports_sweep: int = 15,
    score_min: float = 0.4,
) -> ir.Table:
    """Addresses that were scanned, one row for each sensor, host, peer and day; their port is null."""
    pairs = _pairs(attempt_day)
    low = attempt_day.filter(attempt_day.port < LOW_PORTS)
    enough = pairs.filter(pairs.low_ports >= low_ports_sweep)
    pairs = beside(pairs, _quickest(low.semi_join(enough, PAIR), low_ports_sweep), PAIR)
    swept = (pairs.quickest_us <= burst_minutes * MINUTE_US).fill_null(False)
    vain = (pairs.silent >= ports_min) & (pairs.silent * 100 >= pairs.ports * silent_min_percent)
    scanned = pairs.mutate(swept=swept).drop("quickest_us").filter(swept | vain)
    silent = attempt_day.filter(attempt_day.vain == attempt_day.attempts).semi_join(scanned, PAIR)
    scanned = beside(scanned, _quickest(silent, ports_min), PAIR)
    scored = scanned.mutate(
        score=score(
            40,
            points(scanned.silent >= ports_many, 20),
            points(scanned.swept | (scanned.quickest_us <= burst_minutes * MINUTE_US), 20),
            points(scanned.low_ports >= low_ports_min, 20),
            points(scanned.silent * 100 >= scanned.ports * nearly_all_percent, 10),
        )
    )
    found = scored.filter(scored.score >= score_min)
    lasted_us = found.last_seen.delta(found.first_seen, unit="microsecond")
    return found.select(
        *("sensor", "host", "peer", "day", "first_seen", "last_seen", "score", "ports"),
        port=ibis.null("int64"),
        protocol=ibis.literal("tcp"),
        silent_ports=found.silent,
        low_ports=found.low_ports,
        attempts=found.attempts,
        unanswered_share=share(found.vain, found.attempts),
        minutes=lasted_us / 6e7,
        ports_per_minute=share(found.ports * MINUTE_US, ibis.greatest(lasted_us, MINUTE_US)),
        inside=found.inside.cast("int64"),
    )


def explain(host: str, strongest: Mapping[str, Any], others: int) -> str:
    """How a customer reads it."""
    where = ", which is in its own networks," if strongest["inside"] else ""
    vain = strongest["silent_ports"]
    silent = f"; {number(vain)} of them did not answer or refused" if vain else ""
    also = f" It did the same to {many(others, 'more address', 'more addresses')}." if others else ""
    return (
        f"{host} has tried {number(strongest['ports'])} ports of {strongest['peer']}{where} within "
        f"{duration(timedelta(minutes=strongest['minutes']))}{silent}.{also} Bots look for a way in "
        f"like this; so do people who check a machine, and flows do not tell the two apart."
    )


def _pairs(attempts: ir.Table) -> ir.Table:
    return attempts.group_by(PAIR).agg(
        ports=attempts.count(),
        silent=count_where(attempts.vain == attempts.attempts),
        low_ports=count_where(attempts.port < LOW_PORTS),
        attempts=attempts.attempts.sum(),
        vain=attempts.vain.sum(),
        first_seen=attempts["first"].min(),
        last_seen=attempts["last"].max(),
    )


def _quickest(tried: ir.Table, size: int) -> ir.Table:
    """Shortest time, in microseconds, in which so many new ports of an address were tried."""
    ordered = ibis.window(group_by=[tried[key] for key in PAIR], order_by=tried["first"])
    runs = tried.mutate(run_us=tried["first"].delta(tried["first"].lag(size - 1).over(ordered), unit="microsecond"))
    return runs.group_by(PAIR).agg(quickest_us=runs.run_us.min())
