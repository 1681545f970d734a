"""A host whose service answers forged questions with larger answers, and so floods somebody else.

Sees: questions over UDP to a local service that is known to answer with more than it is asked, many for the same
    outside address, and answers that are several times as large. Whoever is said to ask is the one that is flooded.

Needs: bytes both ways. Sampled sources scale them up.

Misses: services that are not in the list; a reflector that many attacks use for little each.

Alarms falsely on: a public resolver or time server with one very busy client behind it.

Parameters:
    answers_min_megabytes: least that was answered to one address within an hour; resolvers send a busy client less
    larger_min: how many times as large as the questions the answers must be
    packets_per_second_min: lowest rate of questions, over the time in which they came
    score_min: lowest score that is kept, below 0.7 as a candidate. So much counts 70, ten times as much or as large 10
        each

Learn more: MITRE ATT&CK T1498.002; Rossow, Amplification Hell (NDSS 2014); US-CERT Alert TA14-017A.
"""

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from tocsin.detect._expressions import points, score, share
from tocsin.wording import number

SAMPLING = 1000
NEEDS = ("flow.responder_bytes",)

PAIR = ("sensor", "host", "peer", "port", "protocol", "day")
SECOND_US = 1_000_000

SERVICES = {
    17: "quote of the day",
    19: "character generator",
    53: "DNS",
    69: "TFTP",
    111: "port mapper",
    123: "NTP",
    137: "NetBIOS",
    161: "SNMP",
    389: "CLDAP",
    427: "SLP",
    500: "ISAKMP",
    1194: "OpenVPN",
    1434: "SQL Server resolution",
    1900: "SSDP",
    3283: "Apple Remote Desktop",
    3478: "STUN",
    3702: "WS-Discovery",
    5093: "Sentinel",
    5353: "multicast DNS",
    5683: "CoAP",
    10074: "TP-240",
    11211: "memcached",
    33848: "Jenkins",
    37810: "DHCPDiscover",
}


def detect(
    inward_hour: ir.Table,
    *,
    answers_min_megabytes: int = 5,
    larger_min: int = 3,
    packets_per_second_min: int = 5,
    score_min: float = 0.4,
) -> ir.Table:
    """Reflections, one row for each sensor, host, flooded address, port and day: its largest hour."""
    hours = inward_hour.filter(inward_hour.protocol == "udp", inward_hour.port.isin(tuple(SERVICES)))
    lasted_us = ibis.greatest(hours["last"].delta(hours["first"], unit="microsecond"), SECOND_US)
    forged = hours.filter(
        hours.host_bytes >= answers_min_megabytes * 1_000_000,
        hours.host_bytes >= hours.peer_bytes * larger_min,
        hours.peer_bytes > 0,
        hours.peer_packets * SECOND_US >= lasted_us * packets_per_second_min,
    ).mutate(day=hours.hour.date())
    days = forged.group_by(PAIR).agg(
        first_seen=forged["first"].min(),
        last_seen=forged["last"].max(),
        question_packets=forged.peer_packets.sum(),
        question_bytes=forged.peer_bytes.sum(),
        answer_bytes=forged.host_bytes.sum(),
    )
    scored = days.mutate(
        score=score(
            70,
            points(days.answer_bytes >= answers_min_megabytes * 10_000_000, 10),
            points(days.answer_bytes >= days.question_bytes * 10 * larger_min, 10),
        ),
        times_as_large=share(days.answer_bytes, days.question_bytes),
    )
    return scored.filter(scored.score >= score_min)


def explain(host: str, strongest: Mapping[str, Any], others: int) -> str:
    """How a customer reads it."""
    more = f" It did the same to {others} more." if others else ""
    return (
        f"{host} has answered {number(strongest['question_packets'])} questions for {strongest['peer']} on port "
        f"{strongest['port']}/udp ({SERVICES[strongest['port']]}) with {number(strongest['times_as_large'])} times as "
        f"much. Questions like these are forged to flood that address; let the service answer its own users only.{more}"
    )
