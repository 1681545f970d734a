"""A host that hands mail to many servers itself, as only mail servers do.

Sees: a local host that opens connections for mail (port 25) to many outside addresses within a day, and that nobody
    brings mail to. People's devices hand their mail to one server, with a password, on other ports.

Needs: both directions told apart, and every packet or nearly so. SMTP telemetry is welcome: it tells the senders'
    domains and the refusals.

Misses: spam through the party's own mail server or through web mail; a bot that sends little.

Alarms falsely on: a server that only sends mail (newsletters, notices) and gets none; a rule hides those.

Parameters:
    servers_min: fewest outside addresses that were tried for mail; somebody with many mailboxes has a handful
    servers_many: so many that no newsletter of a small office explains them
    domains_many: senders' domains that are as many as no office has
    servers_shown: how many of the servers are named
    score_min: lowest score that is kept, below 0.7 as a candidate. Trying servers_min counts 50; nobody bringing mail
        to the host 20; servers_many 15; most of them silent or refusing 10; domains_many 20

Learn more: Ramachandran and Feamster, Understanding the Network-Level Behavior of Spammers (SIGCOMM 2006); M3AAWG,
    Managing Port 25 for Residential or Dynamic IP Space.
"""

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from tocsin.detect._expressions import beside, count_where, points, score, share
from tocsin.wording import many, number

SAMPLING = 1
NEEDS = ("flow.responder_packets",)

HOST = ("sensor", "host", "day")
MAIL, MAIL_PORTS = 25, (25, 465, 587)


def detect(
    flow: ir.Table,
    attempt_day: ir.Table,
    smtp: ir.Table,
    *,
    servers_min: int = 20,
    servers_many: int = 100,
    domains_many: int = 10,
    servers_shown: int = 5,
    score_min: float = 0.4,
) -> ir.Table:
    """Hosts that send mail in bulk, one row for each sensor, host, day and the first few of the servers."""
    tried = attempt_day.filter(attempt_day.port == MAIL, ~attempt_day.inside)
    senders = tried.group_by(HOST).agg(
        servers=tried.peer.nunique(),
        in_vain=count_where(tried.vain == tried.attempts),
        connections=tried.attempts.sum(),
        first_seen=tried["first"].min(),
        last_seen=tried["last"].max(),
    )
    senders = senders.filter(senders.servers >= servers_min)
    senders = beside(senders, _receivers(flow), ("sensor", "host"))
    senders = beside(senders, _domains(smtp), HOST)
    senders = senders.mutate(received=senders.received.fill_null(0), domains=senders.domains.fill_null(0))
    scored = senders.mutate(
        score=score(
            50,
            points(senders.received == 0, 20),
            points(senders.servers >= servers_many, 15),
            points(senders.in_vain * 2 >= senders.servers, 10),
            points(senders.domains >= domains_many, 20),
        )
    )
    return _shown(scored.filter(scored.score >= score_min), tried, servers_shown)


def explain(host: str, strongest: Mapping[str, Any], others: int) -> str:  # noqa: ARG001  (it counts what is named)
    """How a customer reads it."""
    domains = strongest["sender_domains"]
    named = f" in the name of {many(domains, 'domain')}" if domains else ""
    return (
        f"{host} has tried to hand mail to {number(strongest['servers'])} mail servers itself{named}; "
        f"{number(strongest['servers_in_vain'])} of them did not answer or refused, and nobody brings mail to it. "
        f"People's devices hand their mail to one server; programs that send spam do this."
    )


def _receivers(flow: ir.Table) -> ir.Table:
    """Hosts to which mail is brought: they are mail servers."""
    brought = flow.filter(flow.protocol == "tcp", flow.responder_port.isin(MAIL_PORTS), flow.responder_packets > 0)
    return brought.group_by("sensor", host=brought.responder).agg(received=brought.count())


def _domains(smtp: ir.Table) -> ir.Table:
    return smtp.group_by("sensor", host=smtp.initiator, day=smtp.time.date()).agg(domains=smtp.sender_domain.nunique())


def _shown(senders: ir.Table, tried: ir.Table, most: int) -> ir.Table:
    order = ibis.window(group_by=[tried[key] for key in HOST], order_by=[tried["first"], tried.peer])
    few = tried.mutate(place=ibis.row_number().over(order)).filter(lambda row: row.place < most)
    rows = few.select(*HOST, "peer", "port").inner_join(senders, HOST)
    return rows.select(
        *HOST,
        "peer",
        "port",
        "first_seen",
        "last_seen",
        "score",
        "servers",
        "connections",
        protocol=ibis.literal("tcp"),
        servers_in_vain=rows.in_vain,
        servers_in_vain_share=share(rows.in_vain, rows.servers),
        sender_domains=rows.domains,
        mail_brought_to_it=rows.received,
    )
