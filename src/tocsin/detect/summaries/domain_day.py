"""What each local host asked of each registered domain in a day, and how it went."""

import ibis
import ibis.expr.types as ir

from tocsin.detect._expressions import count_where

KEYS = ("sensor", "host", "domain", "day")

# NetBIOS names travel in the form of DNS but are none (RFC 1002); Windows asks for every failed name once more so.
NETBIOS = ("NB", "NBSTAT")

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
    asked = asked.semi_join(local, asked.initiator == local.address).inner_join(name, dns.query == name.name)
    asked = asked.mutate(host=asked.initiator, day=asked.time.date(), said=asked.response_code.fill_null(""))
    some = asked.answers.length() > 0
    by_name = asked.group_by(*KEYS, "query").agg(
        questions=asked.count(),
        failed=count_where(asked.said == "NXDOMAIN"),
        resolved=count_where((asked.said == "NOERROR") & some),
        mail=count_where(asked.query_type == "MX"),
        first=asked.time.min(),
        last=asked.time.max(),
        **{column: asked[column].max() for column in _OF_NAME},
    )
    domains = _domains(by_name)
    hosts = domains.group_by("sensor", "day").agg(hosts=domains.host.nunique())
    met = domains.mutate(askers=domains.count().over(group_by=[domains.sensor, domains.domain, domains.day]))
    met = met.inner_join(hosts, ("sensor", "day"))
    met = met.left_join(_resolvers(dns), ("sensor", "host", "day")).drop("sensor_right", "host_right", "day_right")
    return met.mutate(clients=met.clients.fill_null(0))


_OF_NAME = ("suffix", "provided", "label_length", "usual_per_mille", "inner_length", "about_address")


def _domains(by_name: ir.Table) -> ir.Table:
    carrying = ~by_name.about_address & (by_name.inner_length > 0)
    return by_name.group_by(KEYS).agg(
        questions=by_name.questions.sum(),
        failed=by_name.failed.sum(),
        resolved=by_name.resolved.sum(),
        mail=by_name.mail.sum(),
        names=count_where(carrying),
        fresh_bytes=ibis.ifelse(carrying, by_name.inner_length, 0).sum(),
        first=by_name["first"].min(),
        last=by_name["last"].max(),
        suffix=by_name.suffix.max(),
        provided=by_name.provided.max(),
        label_length=by_name.label_length.max(),
        usual_per_mille=by_name.usual_per_mille.max(),
    )


def _resolvers(dns: ir.Table) -> ir.Table:
    """Hosts that answer others, with how many."""
    answered = dns.filter(
        dns.response_code.notnull(),
        dns.responder_port.fill_null(RESOLVER_PORT) == RESOLVER_PORT,
        (dns.responder != dns.initiator).fill_null(False),
    )
    answered = answered.mutate(host=answered.responder, day=answered.time.date())
    return answered.group_by("sensor", "host", "day").agg(clients=answered.initiator.nunique())
