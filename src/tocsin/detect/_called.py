"""Whom local hosts call: by address, by name, and by address under many names."""

import ibis
import ibis.expr.types as ir

from tocsin.detect._expressions import stacked
from tocsin.detect.summaries.pair_hour import SLOT_MINUTES

PAIR = ("sensor", "host", "peer", "port", "protocol", "day")
NAMED = ("sensor", "host", "name", "day")


def by_address(pair_hour: ir.Table) -> ir.Table:
    """Pairs of the day, from their hours."""
    hours = pair_hour.filter(pair_hour.protocol.isin(("tcp", "udp")), pair_hour.port.notnull())
    hours = hours.mutate(day=hours.hour.date())
    pairs = hours.group_by(PAIR).agg(
        contacts=hours.flows.sum(),
        unanswered=hours.unanswered.sum(),
        irc_flows=hours.irc_flows.sum(),
        known_flows=hours.known_flows.sum(),
        slots=hours.slots.sum(),
        host_bytes=hours.host_bytes.sum(),
        first_seen=hours["first"].min(),
        last_seen=hours["last"].max(),
    )
    return pairs.mutate(name=ibis.null("string"), names=0)


def by(keys: tuple[str, ...], calls: ir.Table) -> ir.Table:
    """Calls by name, or by address and port whatever the name. What has several names, addresses or ports has none."""
    calls = calls.mutate(slot=calls.time.hour() * 60 + calls.time.minute())
    found = calls.group_by(keys).agg(
        names=calls.name.nunique(),
        **{other: _only(calls[other]) for other in ("name", "peer", "port") if other not in keys},
        contacts=calls.count(),
        known_flows=calls.count(),
        slots=(calls.slot // SLOT_MINUTES).nunique(),
        host_bytes=calls.sent.sum(),
        first_seen=calls.time.min(),
        last_seen=calls.time.max(),
    )
    found = found.mutate(unanswered=0, irc_flows=0)
    return found if "protocol" in keys else found.mutate(protocol=ibis.literal("tcp"))


def _only(column: ir.Column) -> ir.Value:
    return ibis.ifelse(column.nunique() == 1, column.max(), ibis.null(column.type()))


def calls_of(flow: ir.Table) -> ir.Table:
    """Each contact of a pair, with the bytes each way."""
    return flow.select(
        "sensor",
        "time",
        "protocol",
        host=flow.initiator,
        peer=flow.responder,
        port=flow.responder_port,
        day=flow.time.date(),
        sent=flow.initiator_bytes,
        back=flow.responder_bytes,
    )


def once(found: ir.Table) -> ir.Table:
    """What was found by address and by name becomes one row for each address, with the name that it was called by."""
    addressed = found.filter(found.name.isnull(), found.peer.notnull())
    best = ibis.window(group_by=[addressed[key] for key in PAIR], order_by=[addressed.score.desc(), addressed.names])
    addressed = addressed.mutate(place=ibis.row_number().over(best)).filter(lambda row: row.place == 0).drop("place")
    by_name = found.filter(found.name.notnull())
    names = by_name.group_by(PAIR).agg(called=by_name.name.max())
    both = addressed.left_join(names, PAIR).drop(*(f"{key}_right" for key in PAIR))
    both = both.mutate(name=both.called).drop("called")
    return stacked(both, by_name.anti_join(addressed, PAIR))
