"""What each local host sent to each outside address, port and protocol in each hour."""

import ibis.expr.types as ir

from tocsin.detect._expressions import count_where, total

SLOT_MINUTES = 5

KEYS = ("sensor", "host", "peer", "port", "protocol", "hour")


def summarise(flow: ir.Table, place: ir.Table) -> ir.Table:
    """Outward flows by sensor, host, peer, port, protocol and hour.

    ``answered`` and ``unanswered`` count the flows whose responder sent something or nothing; where the source does
    not say, a flow is in neither. ``slots`` are the five-minute slots of the hour (0 to 12) in which a flow began.
    ``irc_flows`` and ``known_flows`` count those that the sensor recognised as IRC and as anything else.
    ``connected_us`` is the sum of durations in microseconds. Packets and bytes that are not known count as none.
    """
    local = place.filter(place.place == "local")
    outward = flow.semi_join(local, flow.initiator == local.address).anti_join(place, flow.responder == place.address)
    outward = outward.mutate(
        host=outward.initiator,
        peer=outward.responder,
        port=outward.responder_port,
        hour=outward.time.truncate("h"),
        slot=outward.time.minute() // SLOT_MINUTES,
    )
    return outward.group_by(KEYS).agg(
        flows=outward.count(),
        answered=count_where(outward.responder_packets > 0),
        unanswered=count_where(outward.responder_packets == 0),
        irc_flows=count_where(outward.service == "irc"),
        known_flows=count_where(outward.service != "irc"),
        slots=outward.slot.nunique(),
        host_packets=total(outward.initiator_packets),
        peer_packets=total(outward.responder_packets),
        host_bytes=total(outward.initiator_bytes),
        peer_bytes=total(outward.responder_bytes),
        connected_us=total(outward.duration_us),
        first=outward.time.min(),
        last=outward.time.max(),
    )
