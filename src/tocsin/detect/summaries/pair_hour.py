"""What each local host sent to each outside address, port and protocol in each hour."""

import ibis.expr.types as ir

from tocsin.detect._expressions import count_where, packets_at_least, total

SLOT_MINUTES = 5

KEYS = ("sensor", "host", "peer", "port", "protocol", "hour")


def summarise(flow: ir.Table, place: ir.Table) -> ir.Table:
    """Outward flows by sensor, host, peer, port, protocol and hour.

    ``answered`` and ``unanswered`` count the flows whose responder sent something or nothing, by its packets or, where
    those are not known, its bytes; where the source says neither, a flow is in neither. ``slots`` are the five-minute
    slots of the hour (0 to 12) in which a flow began. ``irc_flows`` and ``known_flows`` count those that the sensor
    recognised as IRC and as anything else. ``connected_us`` is the sum of durations in microseconds. Packets and bytes
    that are not known count as none; packets that are not known of a side that sent bytes, as one.
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
    sent, answer = packets_at_least(outward, "initiator"), packets_at_least(outward, "responder")
    return outward.group_by(KEYS).agg(
        flows=outward.count(),
        answered=count_where(answer > 0),
        unanswered=count_where(answer == 0),
        irc_flows=count_where(outward.service == "irc"),
        known_flows=count_where(outward.service != "irc"),
        slots=outward.slot.nunique(),
        host_packets=total(sent),
        peer_packets=total(answer),
        host_bytes=total(outward.initiator_bytes),
        peer_bytes=total(outward.responder_bytes),
        connected_us=total(outward.duration_us),
        first=outward.time.min(),
        last=outward.time.max(),
    )
