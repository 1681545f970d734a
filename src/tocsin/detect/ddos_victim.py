"""An address, or a whole network, that is flooded from outside.

Sees: minutes in which packets that get next to no answer come from many outside addresses, or at a very high rate from
    few, to one local address, or to many addresses of one local network (/24, IPv6: /48) of which none alone stands
    out: requests of one kind, or large answers to questions that nobody asked.

Needs: both directions told apart, and counts of packets or one row for each flow. Sampled sources scale their packets
    up; at 1 in 1,000 a flood that fills a line still shows.

Misses: floods that are answered, as of a web server that holds out; slow attacks that hold connections open; floods
    that are too small to fill a home's line.

Alarms falsely on: one-way streams from outside that nobody acknowledges, such as television over plain UDP; a host that
    has just left a large peer-to-peer network and is still asked.

Parameters:
    packets_min: fewest packets within a minute. The noise of scans and of forgotten peers is some tens a minute
    sources_min: fewest outside addresses that sent them, or
    packets_alone_min: packets within a minute that are a flood from however few addresses; a stream of video has fewer
    answered_max_percent: most packets back, percent of those received. A receiver of TCP acknowledges every other one
    hosts_min: fewest addresses of a network that were flooded together, to report the network
    share_max_percent: largest part of a network's flood that one address may have had; beyond, it is that address's
    sources_shown: how many of the sources are named
    score_min: lowest score that is kept, below 0.7 as a candidate. A flood counts 70, ten times the packets 10, ten
        times the sources 10

Learn more: MITRE ATT&CK T1498; Jonker et al., Millions of Targets Under Attack (IMC 2017).
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from tocsin.detect._expressions import packets_at_least, points, score, share, stacked
from tocsin.wording import duration, many, number

SAMPLING = 1000
NEEDS = ("flow.responder_packets",)

SUBJECT = ("sensor", "kind", "host", "day")
MINUTE = (*SUBJECT, "minute")
MINUTE_US = 60_000_000
MINUTES = 24 * 60


def detect(
    flow: ir.Table,
    place: ir.Table,
    inward_hour: ir.Table,
    *,
    packets_min: int = 3_000,
    sources_min: int = 10,
    packets_alone_min: int = 60_000,
    answered_max_percent: int = 10,
    hosts_min: int = 8,
    share_max_percent: int = 50,
    sources_shown: int = 5,
    score_min: float = 0.4,
) -> ir.Table:
    """Floods, one row for each sensor, flooded address or network, day and the first few of its sources."""
    minutes = _minutes(flow, place, _loud(inward_hour, packets_min, answered_max_percent))
    hosts = _flooded(minutes, packets_min, sources_min, packets_alone_min, answered_max_percent)
    wide = _flooded(_of_networks(minutes), packets_min, sources_min, packets_alone_min, answered_max_percent)
    wide = wide.filter(wide.hosts >= hosts_min, wide.most * 100 <= wide.packets * share_max_percent)
    floods = stacked(hosts, wide)
    days = floods.group_by(SUBJECT).agg(
        first_seen=floods["first"].min(),
        last_seen=floods["last"].max(),
        minutes=floods.count(),
        packets=floods.packets.sum(),
        received_bytes=floods.received.sum(),
        packets_back=floods.back.sum(),
        sources=floods.sources.max(),
        hosts=floods.hosts.max(),
        most_in_a_minute=floods.packets.max(),
    )
    scored = days.mutate(
        score=score(
            70,
            points(days.most_in_a_minute >= 10 * packets_min, 10),
            points(days.sources >= 10 * sources_min, 10),
        )
    )
    return _shown(scored.filter(scored.score >= score_min), stacked(minutes, _of_networks(minutes)), sources_shown)


def explain(host: str, strongest: Mapping[str, Any], others: int) -> str:  # noqa: ARG001  (sources are counted)
    """How a customer reads it."""
    where = f" to {many(strongest['flooded_addresses'], 'address', 'addresses')} of it" if "/" in host else ""
    lasted = duration(timedelta(minutes=strongest["minutes"]))
    return (
        f"{host} was flooded for {lasted}: {number(strongest['packets'])} packets{where}, up to "
        f"{number(strongest['most_in_a_minute'])} a minute, from up to {number(strongest['sources'])} addresses at a "
        f"time, with hardly an answer. It is attacked; the addresses of the senders may be forged."
    )


def _loud(inward_hour: ir.Table, packets_min: int, answered_max_percent: int) -> ir.Table:
    """The hosts and hours worth a look: in networks to which so much was sent in vain in that hour."""
    vain = inward_hour.filter(inward_hour.host_packets * 100 <= inward_hour.peer_packets * answered_max_percent)
    hosts = vain.group_by("sensor", "host", "hour").agg(sent=vain.peer_packets.sum())
    hosts = hosts.mutate(network=_around(hosts.host))
    networks = hosts.group_by("sensor", "network", "hour").agg(together=hosts.sent.sum())
    return hosts.semi_join(networks.filter(networks.together >= packets_min), ("sensor", "network", "hour"))


def _minutes(flow: ir.Table, place: ir.Table, loud: ir.Table) -> ir.Table:
    """What each outside address sent to each local one in each minute of the day, 0 to 1,439.

    A flow's packets are spread over the minutes that it lasted; where packets are not counted, a flow is one.
    """
    inward = flow.anti_join(place, flow.initiator == place.address).mutate(
        host=flow.responder, hour=flow.time.truncate("h"), back=packets_at_least(flow, "responder")
    )
    inward = inward.semi_join(loud, ("sensor", "host", "hour")).filter(lambda row: row.back.notnull())
    lasted = ibis.least(inward.duration_us.fill_null(0) // MINUTE_US, MINUTES - 1) + 1
    spread = inward.select(
        "sensor",
        "protocol",
        "host",
        "time",
        source=inward.initiator,
        source_port=ibis.ifelse(inward.protocol == "udp", inward.initiator_port, ibis.null("int64")),
        begin=(inward.time.hour() * 60 + inward.time.minute()).cast("int64"),
        after=ibis.range(0, lasted).unnest().cast("int64"),
        packets=ibis.greatest(packets_at_least(inward, "initiator").fill_null(1) // lasted, 1),
        back=inward.back // lasted,
        received=inward.initiator_bytes.fill_null(0) // lasted,
    )
    spread = spread.mutate(minute=spread.begin + spread.after, day=spread.time.date(), target=spread.host)
    spread = spread.filter(spread.minute < MINUTES).mutate(kind=ibis.literal("host"))
    return spread.group_by(*MINUTE, "protocol", "target", "source", "source_port").agg(
        packets=spread.packets.sum(),
        back=spread.back.sum(),
        received=spread.received.sum(),
        first=spread.time.min(),
        last=spread.time.max(),
    )


def _around(host: ir.StringValue) -> ir.StringValue:
    """The /24 around an address, or its /48."""
    groups = host.re_extract(r"^([0-9a-f]+(:[0-9a-f]+){0,2})", 1)
    wide = groups.re_replace(r"(:0)+$", "") + "::/48"
    return ibis.ifelse(host.contains(":"), wide, host.re_extract(r"^([0-9]+\.[0-9]+\.[0-9]+)\.", 1) + ".0/24")


def _of_networks(minutes: ir.Table) -> ir.Table:
    return minutes.mutate(kind=ibis.literal("infrastructure"), host=_around(minutes.host))


def _flooded(
    minutes: ir.Table, packets_min: int, sources_min: int, packets_alone_min: int, answered_max_percent: int
) -> ir.Table:
    """Minutes of each subject in which it was flooded."""
    targets = minutes.group_by(*MINUTE, "target").agg(one=minutes.packets.sum())
    most = targets.group_by(MINUTE).agg(most=targets.one.max(), hosts=targets.count())
    together = minutes.group_by(MINUTE).agg(
        packets=minutes.packets.sum(),
        back=minutes.back.sum(),
        received=minutes.received.sum(),
        sources=minutes.source.nunique(),
        first=minutes["first"].min(),
        last=minutes["last"].max(),
    )
    return together.filter(
        together.packets >= packets_min,
        together.back * 100 <= together.packets * answered_max_percent,
        (together.sources >= sources_min) | (together.packets >= packets_alone_min),
    ).inner_join(most, MINUTE)


def _shown(days: ir.Table, minutes: ir.Table, most: int) -> ir.Table:
    """The sources that sent most, each with the evidence of the flood."""
    sources = minutes.semi_join(days, SUBJECT)
    sources = sources.group_by(*SUBJECT, "source", "source_port", "protocol").agg(sent=sources.packets.sum())
    order = ibis.window(
        group_by=[sources[key] for key in SUBJECT],
        order_by=[sources.sent.desc(), sources.source, sources.source_port, sources.protocol],
    )
    few = sources.mutate(at=ibis.row_number().over(order)).filter(lambda row: row.at < most)
    rows = few.select(*SUBJECT, "source", "source_port", "protocol", "sent").inner_join(days, SUBJECT)
    return rows.select(
        *SUBJECT,
        "protocol",
        "first_seen",
        "last_seen",
        "score",
        "minutes",
        "packets",
        "packets_back",
        "received_bytes",
        "sources",
        "most_in_a_minute",
        peer=rows.source,
        port=rows.source_port,
        flooded_addresses=rows.hosts,
        share_of_this_source=share(rows.sent, rows.packets),
    )
