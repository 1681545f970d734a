"""Calls that are too rare for a day to show their rhythm: once an hour, once in half a day."""

import ibis
import ibis.expr.types as ir

from tocsin.detect._called import PAIR
from tocsin.detect._expressions import quantiles

LASTING = ("sensor", "host", "peer", "port", "protocol")
# Stands for a protocol without ports, for nulls do not join.
NO_PORT = -1


def slow_calls(history: ir.Table, pair_hour: ir.Table, contacts_min: int) -> ir.Table:
    """Pairs of the day that have met fewer than ``contacts_min`` times on it, and more often over the days before.

    The columns are those of ``measured(by_address(...))``: contacts, what was not answered and the rhythm are those of
    all days up to the day, the moments first and last seen those of the day. Sizes are not kept, so they are null.
    """
    today = _today(pair_hour, contacts_min)
    earlier = history.mutate(port=history.port.fill_null(NO_PORT)).rename(met="day")
    met = earlier.inner_join(today, LASTING).filter(lambda row: row.met <= row.day)
    pairs = met.group_by(PAIR).agg(
        contacts=met.flows.sum(),
        unanswered=met.unanswered.sum(),
        host_bytes=met.host_bytes.sum(),
        first_seen=met.first_today.min(),
        last_seen=met.last_today.max(),
        span_us=met["last"].max().delta(met.time.min(), unit="microsecond"),
    )
    pairs = pairs.filter(pairs.contacts >= contacts_min)
    rhythm = _rhythm(met.semi_join(pairs, PAIR))
    pairs = pairs.left_join(rhythm, PAIR).drop(*(f"{key}_right" for key in PAIR))
    unknown = {f"{side}_{at}": ibis.null("int64") for side in ("sent", "back") for at in ("lower", "median", "upper")}
    return pairs.mutate(
        name=ibis.null("string"), names=0, irc_flows=0, known_flows=0, slots=0, slots_between=0, **unknown
    )


def _today(pair_hour: ir.Table, contacts_min: int) -> ir.Table:
    hours = pair_hour.filter(pair_hour.protocol.isin(("tcp", "udp")), pair_hour.port.notnull())
    days = hours.mutate(day=hours.hour.date())
    pairs = days.group_by(PAIR).agg(
        contacts_today=days.flows.sum(), first_today=days["first"].min(), last_today=days["last"].max()
    )
    return pairs.filter(pairs.contacts_today < contacts_min)


def _rhythm(met: ir.Table) -> ir.Table:
    """Quantiles of the time between contacts. Of a day with one contact its time is all there is."""
    several = met.filter(met.contacts.length() > 0).select(*PAIR, began=lambda row: row.contacts.unnest())
    alone = met.filter(met.flows == 1)
    since = alone.time.delta(ibis.timestamp("1970-01-01 00:00:00"), unit="microsecond")
    moments = several.union(alone.select(*PAIR, began=since))
    ordered = ibis.window(group_by=[moments[key] for key in PAIR], order_by=moments.began)
    gaps = moments.mutate(gap_us=moments.began - moments.began.lag().over(ordered))
    return quantiles(gaps, PAIR, "gap_us", tenth_us=10, lower_us=25, median_us=50, upper_us=75, ninetieth_us=90)
