"""What outside addresses sent to each local host, port and protocol in each hour, and what it sent back."""

import ibis.expr.types as ir

from tocsin.detect._expressions import count_where, packets_at_least, total

# Two sides of headers alone, and one that gives more than those: TCP answers with more when a service is there.
HEADERS_V4, HEADERS_V6 = 60, 80


def summarise(flow: ir.Table, place: ir.Table) -> ir.Table:
    """Inward flows by sensor, host, peer, port, protocol and hour.

    ``answered`` counts flows of which the host sent something back; ``served`` those over TCP that were accepted and in
    which it sent more than it takes to accept and to close. What is not known counts as neither. ``host_*`` is what
    the local host sent, ``peer_*`` what the outside address sent.
    """
    local = place.filter(place.place == "local")
    inward = flow.anti_join(place, flow.initiator == place.address).semi_join(local, flow.responder == local.address)
    inward = inward.mutate(
        host=inward.responder,
        peer=inward.initiator,
        port=inward.responder_port,
        hour=inward.time.truncate("h"),
        back=packets_at_least(inward, "responder"),
    )
    return inward.group_by("sensor", "host", "peer", "port", "protocol", "hour").agg(
        flows=inward.count(),
        answered=count_where(inward.back > 0),
        served=count_where(_served(inward)),
        peer_packets=total(packets_at_least(inward, "initiator")),
        host_packets=total(inward.back),
        peer_bytes=total(inward.initiator_bytes),
        host_bytes=total(inward.responder_bytes),
        first=inward.time.min(),
        last=inward.time.max(),
    )


def _served(flow: ir.Table) -> ir.BooleanValue:
    """An acceptance and a close are headers with a few options each; a service that speaks sends more."""
    headers = flow.responder.contains(":").ifelse(HEADERS_V6, HEADERS_V4)
    spoke = (flow.responder_bytes > flow.responder_packets * headers).fill_null(False)
    opened = (flow.initiator_packets >= 3).fill_null(False)
    refused = (flow.state == "REJ").fill_null(False)
    return (flow.protocol == "tcp") & spoke & opened & ~refused
