"""What each local host asked of each registered domain in a day, and how it went."""

import ibis
import ibis.expr.types as ir

from tocsin.detect._expressions import count_where

KEYS = ("sensor", "host", "domain", "day")

# NetBIOS names travel in the form of DNS but are none (RFC 1002); Windows asks for every failed name once more so.
NETBIOS = ("NB", "NBSTAT")

OF_DOMAIN = ("suffix", "provided", "label_length", "usual_per_mille")

# Resolvers answer here (RFC 1035); rows of a resolver's own log may leave it out.
RESOLVER_PORT = 53


def summarise(dns: ir.Table, name: ir.Table, place: ir.Table) -> ir.Table:
    """Questions by sensor, host, registered domain and day.

    ``failed`` counts those to which the answer was that the name does not exist, ``resolved`` those that an answer came
    to; others were not answered, or the source does not say. ``mail`` counts those for mail servers. ``names`` are the
    distinct names, ``fresh_bytes`` the characters of these before the domain: what they carry; names about an address
    (lists of senders, holders of addresses) are not among them. ``askers`` of the ``hosts`` that asked for anything
    asked for this domain, and ``clients`` other hosts had their questions answered by this one.
    """
    local = place.filter(place.place == "local")
    asked = dns.filter(~dns.query_type.fill_null("").isin(NETBIOS))
    asked = asked.semi_join(local, asked.initiator == local.address)
    asked = asked.mutate(host=asked.initiator, day=asked.time.date())
    domains = _domains(_by_name(asked), name)
    # Each from a table of its own or over a window: what is named twice is computed twice.
    hosts = asked.group_by("sensor", "day").agg(hosts=asked.host.nunique())
    met = domains.mutate(askers=domains.count().over(group_by=[domains.sensor, domains.domain, domains.day]))
    met = met.inner_join(hosts, ("sensor", "day"))
    met = met.left_join(_resolvers(dns), ("sensor", "host", "day")).drop("sensor_right", "host_right", "day_right")
    return met.mutate(clients=met.clients.fill_null(0))


def _by_name(asked: ir.Table) -> ir.Table:
    asked = asked.mutate(said=asked.response_code.fill_null(""))
    return asked.group_by("sensor", "host", "day", "query").agg(
        questions=asked.count(),
        failed=count_where(asked.said == "NXDOMAIN"),
        resolved=count_where((asked.said == "NOERROR") & (asked.answers.length() > 0)),
        mail=count_where(asked.query_type == "MX"),
        first=asked.time.min(),
        last=asked.time.max(),
    )


def _domains(by_name: ir.Table, name: ir.Table) -> ir.Table:
    """The names of each domain together. What is the same for all of them is joined afterwards, for it is long."""
    carrying = ~name.about_address & (name.inner_length > 0)
    told = name.select("name", "domain", carries=carrying, carried=ibis.ifelse(carrying, name.inner_length, 0))
    met = by_name.inner_join(told, by_name.query == told.name)
    domains = met.group_by(KEYS).agg(
        questions=met.questions.sum(),
        failed=met.failed.sum(),
        resolved=met.resolved.sum(),
        mail=met.mail.sum(),
        names=count_where(met.carries),
        fresh_bytes=met.carried.sum(),
        first=met["first"].min(),
        last=met["last"].max(),
    )
    same = name.group_by("domain").agg(**{column: name[column].max() for column in OF_DOMAIN})
    return domains.inner_join(same, "domain")


def _resolvers(dns: ir.Table) -> ir.Table:
    """Hosts that answer others, with how many."""
    answered = dns.filter(
        dns.response_code.notnull(),
        dns.responder_port.fill_null(RESOLVER_PORT) == RESOLVER_PORT,
        (dns.responder != dns.initiator).fill_null(False),
    )
    answered = answered.mutate(host=answered.responder, day=answered.time.date())
    return answered.group_by("sensor", "host", "day").agg(clients=answered.initiator.nunique())
