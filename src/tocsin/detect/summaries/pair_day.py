"""What each local host had to do with each outside address, port and protocol on the day, to look back at.

Most pairs of a day are met once: for those the first contact says it all. The times of more are kept while they are few
enough to be a rhythm of their own: a beacon that calls every half hour makes 48 contacts a day, and those that call
more often show on the day itself.
"""

import ibis
import ibis.expr.types as ir

from tocsin.detect._expressions import busiest

QUIET_MAX = 48

# Nobody uses so many addresses in a day; a host that scans does, and what it scanned is told by its finding.
PAIRS_MAX = 10_000

KEYS = ("sensor", "host", "peer", "port", "protocol", "day")
# Stands for a protocol without ports, for nulls do not join.
NO_PORT = -1


def summarise(flow: ir.Table, pair_hour: ir.Table) -> ir.Table:
    """Rows of ``records.PairDay``, and ``day``."""
    hours = pair_hour.mutate(day=pair_hour.hour.date(), port=pair_hour.port.fill_null(NO_PORT))
    pairs = hours.group_by(KEYS).agg(
        time=hours["first"].min(),
        last=hours["last"].max(),
        flows=hours.flows.sum(),
        answered=hours.answered.sum(),
        unanswered=hours.unanswered.sum(),
        host_bytes=hours.host_bytes.sum(),
        peer_bytes=hours.peer_bytes.sum(),
        hours=hours.count(),
    )
    kept = busiest(pairs, ("sensor", "host", "day"), PAIRS_MAX, pairs.flows, ("peer", "port", "protocol"))
    times = _times(flow, kept.filter(kept.flows > 1, kept.flows <= QUIET_MAX))
    joined = kept.left_join(times, KEYS).drop(*(f"{key}_right" for key in KEYS))
    empty = ibis.literal([], type="array<int64>")
    return joined.mutate(port=joined.port.nullif(NO_PORT), contacts=ibis.coalesce(joined.contacts, empty))


def _times(flow: ir.Table, quiet: ir.Table) -> ir.Table:
    began = flow.time.delta(ibis.timestamp("1970-01-01 00:00:00"), unit="microsecond")
    contacts = flow.select(
        "sensor",
        "protocol",
        host=flow.initiator,
        peer=flow.responder,
        port=flow.responder_port.fill_null(NO_PORT),
        day=flow.time.date(),
        began=began,
    ).semi_join(quiet, KEYS)
    return contacts.group_by(KEYS).agg(contacts=contacts.began.collect().sort())
