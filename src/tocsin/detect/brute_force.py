"""A host that tries one password after another.

Sees: logins of a local host to outside or inside servers that fail again and again, at one server or at many; and where
    no telemetry says how logins ended, connections to a port for logins that are all alike and follow each other faster
    than people or their programs log in.

Needs: logins (SSH, Telnet, HTTP and the like), or flows with both directions told apart and every packet or nearly so.

Misses: a few tries a day at each of few servers; logins inside web pages over TLS.

Alarms falsely on: a program whose password has expired and that tries on: it is told from guessing only by how long it
    waits. Backups and deployment tools that open a connection for each step, faster than tries_a_minute_min.

Parameters:
    failures_min: fewest logins that failed. Somebody who has forgotten a password gives up after some ten tries
    failures_min_percent: how many of the logins must have failed, percent
    servers_min: fewest servers at which a login failed, when they are spread; an administrator mistypes at a few
    tries_min: fewest connections that are all alike, where how logins ended is not known
    tries_a_minute_min: fewest of them a minute, from first to last; monitoring logs in once a minute or less
    alike_max_percent: largest distance between the quartiles of the bytes each way, percent of the median: a refused
        password makes the same exchange each time
    little_max_bytes: most bytes each way of such an exchange, by the median; a session that is used carries more
    score_min: lowest score that is kept, below 0.7 as a candidate. Failed logins count 70, ten times as many or as many
        servers 10 each; connections that are alike 70, ten times as many 10

Learn more: MITRE ATT&CK T1110; Zeek's detect-bruteforcing policies; Hofstede et al., SSH Compromise Detection Using
    NetFlow/IPFIX (SIGCOMM CCR 2014).
"""

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from tocsin.detect._called import PAIR, calls_of
from tocsin.detect._expressions import count_where, points, score, stacked
from tocsin.detect._regularity import MINUTE_US, alike, measured
from tocsin.wording import many, number

SAMPLING = 1
NEEDS = ("flow.responder_packets or login.success",)

HOST = ("sensor", "host", "port", "day")

# Where one logs in with a password, by the IANA registry: FTP, SSH, Telnet, POP, IMAP, SQL Server, MySQL, RDP, VNC.
LOGIN_PORTS = (21, 22, 23, 110, 143, 1433, 2222, 2323, 3306, 3389, 5432, 5900)


def detect(
    flow: ir.Table,
    login: ir.Table,
    attempt_day: ir.Table,
    place: ir.Table,
    *,
    failures_min: int = 30,
    failures_min_percent: int = 80,
    servers_min: int = 15,
    tries_min: int = 100,
    tries_a_minute_min: int = 6,
    alike_max_percent: int = 10,
    little_max_bytes: int = 10_000,
    score_min: float = 0.4,
) -> ir.Table:
    """Guessing, one row for each sensor, host, server, port and day."""
    failed = _failed(login, place, failures_min, failures_min_percent, servers_min)
    tried = attempt_day.filter(attempt_day.port.isin(LOGIN_PORTS), attempt_day.attempts - attempt_day.vain >= tries_min)
    tried = tried.mutate(
        protocol=ibis.literal("tcp"),
        first_seen=tried["first"],
        last_seen=tried["last"],
        span_us=tried["last"].delta(tried["first"], unit="microsecond"),
    )
    often = tried.attempts * MINUTE_US >= ibis.greatest(tried.span_us, MINUTE_US) * tries_a_minute_min
    tries = measured(tried.filter(often), calls_of(flow), PAIR)
    little = (tries.sent_median <= little_max_bytes) & (tries.back_median <= little_max_bytes)
    same = tries.filter(alike(tries, alike_max_percent), little, tries.back_median > 0)
    same = same.anti_join(failed, ("sensor", "host", "peer", "day"))
    guesses = stacked(failed, same.mutate(tries=same.attempts, failed_logins=0, servers=1))
    scored = guesses.mutate(
        score=score(
            70,
            points(guesses.failed_logins >= 10 * failures_min, 10),
            points(guesses.servers >= 10 * servers_min, 10),
            points((guesses.failed_logins == 0) & (guesses.tries >= 10 * tries_min), 10),
        )
    )
    return scored.filter(scored.score >= score_min).select(
        *PAIR, "first_seen", "last_seen", "score", "tries", "failed_logins", "servers"
    )


def explain(host: str, strongest: Mapping[str, Any], others: int) -> str:
    """How a customer reads it."""
    server = f"{strongest['peer']} on port {strongest['port']}/{strongest['protocol']}"
    if strongest["failed_logins"]:
        did = f"failed to log in to {server} {many(strongest['failed_logins'], 'time')}"
    else:
        did = f"opened {number(strongest['tries'])} connections to {server}, all alike, as refused passwords make them"
    more = f" It did the same to {others} more." if others else ""
    return f"{host} has {did}.{more} Programs that guess passwords do this; so does one whose password has expired."


def _failed(
    login: ir.Table, place: ir.Table, failures_min: int, failures_min_percent: int, servers_min: int
) -> ir.Table:
    """Servers at which logins failed: often at one, or at many together."""
    local = place.filter(place.place == "local")
    logins = login.semi_join(local, login.initiator == local.address).filter(lambda row: row.responder.notnull())
    logins = logins.mutate(
        host=logins.initiator,
        peer=logins.responder,
        port=logins.responder_port,
        protocol=ibis.literal("tcp"),
        day=logins.time.date(),
        tried=ibis.greatest(logins.attempts.fill_null(1), 1),
    )
    servers = logins.group_by(PAIR).agg(
        tries=logins.tried.sum(),
        failed_logins=logins.tried.sum(where=logins.success == False),  # noqa: E712  (an expression)
        first_seen=logins.time.min(),
        last_seen=logins.time.max(),
    )
    servers = servers.mutate(failed_logins=servers.failed_logins.fill_null(0))
    of_host = ibis.window(group_by=[servers[key] for key in HOST])
    servers = servers.mutate(
        servers=count_where(servers.failed_logins > 0).over(of_host),
        all_failed=servers.failed_logins.sum().over(of_host),
        all_tries=servers.tries.sum().over(of_host),
    )
    mostly = servers.all_failed * 100 >= servers.all_tries * failures_min_percent
    enough = (servers.failed_logins >= failures_min) | (servers.servers >= servers_min)
    return servers.filter(servers.failed_logins > 0, mostly, enough).drop("all_failed", "all_tries")
