"""Whom and what each local host met on the day, by everything that it can be recognised by.

An address, a name that was asked for or called, a URL, a client's fingerprint, a server's certificate.
"""

import ibis
import ibis.expr.types as ir

from tocsin.detect._expressions import stacked

SIDE = ("sensor", "host", "peer", "name", "port", "protocol", "day")

_PORT_AFTER = r":[0-9]+$"


def summarise(pair_hour: ir.Table, dns: ir.Table, tls: ir.Table, http: ir.Table, place: ir.Table) -> ir.Table:
    """Each other side that local hosts met on a day, by what it can be recognised by: ``how`` and ``what``."""
    local = place.filter(place.place == "local")
    hours = pair_hour.mutate(day=pair_hour.hour.date(), name=ibis.null("string"))
    pairs = hours.group_by(SIDE).agg(
        contacts=hours.flows.sum(),
        answered=hours.answered.sum(),
        unanswered=hours.unanswered.sum(),
        first_seen=hours["first"].min(),
        last_seen=hours["last"].max(),
    )
    named = [
        _used(dns, local, "name", dns["query"], dns["query"], "udp", side=False),
        _used(tls, local, "name", tls.server_name, tls.server_name, "tcp"),
        _used(http, local, "name", _host(http), _host(http), "tcp"),
        _used(http, local, "url", _host(http) + http.path.fill_null("/"), _host(http), "tcp"),
        *(_used(tls, local, kind, tls[kind], tls.server_name, "tcp") for kind in ("ja3", "ja4", "certificate_sha256")),
    ]
    return stacked(pairs.mutate(how=ibis.literal("address"), what=pairs.peer), *named)


def _used(
    table: ir.Table,
    local: ir.Table,
    how: str,
    what: ir.StringValue,
    name: ir.StringValue,
    protocol: str,
    *,
    side: bool = True,
) -> ir.Table:
    """Uses of what can be recognised, each as good as answered; of questions the other side is only a resolver."""
    used = table.select(
        "sensor",
        "time",
        host=table.initiator,
        peer=table.responder if side else ibis.null("string"),
        port=table.responder_port if side else ibis.null("int64"),
        what=what,
        name=name,
    )
    used = used.semi_join(local, used.host == local.address).filter(lambda row: row.what.notnull())
    used = used.mutate(day=used.time.date(), protocol=ibis.literal(protocol))
    return (
        used.group_by(*SIDE, "what")
        .agg(
            contacts=used.count(),
            answered=used.count(),
            unanswered=ibis.literal(0),
            first_seen=used.time.min(),
            last_seen=used.time.max(),
        )
        .mutate(how=ibis.literal(how))
    )


def _host(http: ir.Table) -> ir.StringValue:
    return http.host.re_replace(_PORT_AFTER, "")
