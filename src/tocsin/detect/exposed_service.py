"""A service that answers from outside and should not be open to everybody.

Sees: outside addresses that are served by a local host on a port of remote administration, of devices' upkeep, or of a
    data store that was made for inside use: Telnet, ADB, CWMP and the like. Such services are how bots get in.

Needs: packets and bytes both ways.

Misses: services on other ports than their own, and those that nobody outside has found yet: what nobody asks for is
    not seen.

Alarms falsely on: traps that answer on purpose, and services that are meant for the public on one of these ports; a
    rule hides those. What is reported is an open door, not an infection.

Parameters:
    served_min: fewest connections that were served; one may be a misreading
    peers_many: outside addresses from which on the service is found by everybody
    score_min: lowest score that is kept, below 0.7 as a candidate. Being served counts 70, by many addresses 15

Learn more: Antonakakis et al., Understanding the Mirai Botnet (USENIX Security 2017); RFC 8576; Shadowserver's reports
    on accessible services.
"""

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from tocsin.detect._expressions import points, score
from tocsin.wording import many

SAMPLING = 1
NEEDS = ("flow.responder_packets", "flow.responder_bytes")

SERVICE = ("sensor", "host", "port", "protocol", "day")

# Ports as in the IANA registry, or as the devices' makers have them.
SERVICES = {
    23: "Telnet",
    2323: "Telnet",
    139: "Windows file sharing",
    445: "Windows file sharing",
    2375: "Docker",
    3389: "Remote Desktop",
    4786: "Cisco Smart Install",
    5555: "Android Debug Bridge",
    5900: "VNC",
    6379: "Redis",
    7547: "CWMP",
    8291: "MikroTik administration",
    9200: "Elasticsearch",
    11211: "memcached",
    27017: "MongoDB",
    30005: "CWMP",
    37215: "Huawei device upkeep",
    52869: "UPnP device upkeep",
}


def detect(inward_hour: ir.Table, *, served_min: int = 2, peers_many: int = 10, score_min: float = 0.4) -> ir.Table:
    """Open services, one row for each sensor, host, port and day, with the address that was served most."""
    hours = inward_hour.mutate(day=inward_hour.hour.date()).filter(
        inward_hour.protocol == "tcp", inward_hour.port.isin(tuple(SERVICES)), inward_hour.served > 0
    )
    peers = hours.group_by(*SERVICE, "peer").agg(
        served=hours.served.sum(), first_seen=hours["first"].min(), last_seen=hours["last"].max()
    )
    order = ibis.window(group_by=[peers[key] for key in SERVICE], order_by=[peers.served.desc(), peers.peer])
    of_all = ibis.window(group_by=[peers[key] for key in SERVICE])
    services = peers.select(
        *SERVICE,
        "peer",
        place=ibis.row_number().over(order),
        served_connections=peers.served.sum().over(of_all),
        outside_addresses=peers.peer.count().over(of_all),
        first_seen=peers.first_seen.min().over(of_all),
        last_seen=peers.last_seen.max().over(of_all),
    )
    services = services.filter(services.place == 0, services.served_connections >= served_min).drop("place")
    scored = services.mutate(score=score(70, points(services.outside_addresses >= peers_many, 15)))
    return scored.filter(scored.score >= score_min)


def explain(host: str, strongest: Mapping[str, Any], others: int) -> str:
    """How a customer reads it."""
    port = strongest["port"]
    also = f" {many(others, 'more service')} of it do the same." if others else ""
    return (
        f"{host} answers from outside on port {port}/tcp ({SERVICES[port]}): it served "
        f"{many(strongest['served_connections'], 'connection')} from "
        f"{many(strongest['outside_addresses'], 'address', 'addresses')}. Bots get in by such services; close it, or "
        f"let only those in who need it.{also}"
    )
