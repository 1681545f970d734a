"""What local hosts met that could stand on a list, and what of it does."""

import ibis
import ibis.expr.types as ir

from tocsin.detect._expressions import stacked

SIDE = ("sensor", "host", "peer", "name", "port", "protocol", "day")

# A name may be listed by what it ends with, from two labels on. Below so many labels machines name things.
LABELS = range(2, 8)

_PORT_AFTER = r":[0-9]+$"


def contacts(pair_hour: ir.Table, dns: ir.Table, tls: ir.Table, http: ir.Table, place: ir.Table) -> ir.Table:
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


def below(met: ir.Table) -> ir.Table:
    """The same, with ``key``, by which it may be listed: names by all that they end with, URLs by their host."""
    names = met.filter(met.how == "name")
    distinct = names.select("what").distinct()
    ends = [distinct.mutate(key=_end(distinct.what, labels)) for labels in LABELS]
    keys = stacked(distinct.mutate(key=distinct.what), *ends).filter(lambda row: row.key != "").distinct()
    by_end = names.inner_join(keys, "what")
    urls = met.filter(met.how == "url")
    rest = met.filter(~met.how.isin(("name", "url")))
    by_host = urls.mutate(key=urls.what.re_extract("^([^/]+)", 1))
    return stacked(rest.mutate(key=rest.what), by_end.select(*met.columns, "key"), by_host)


def matches(met: ir.Table, indicator: ir.Table) -> ir.Table:
    """What of ``met`` is listed, with what the list says of it; a network stands for its addresses."""
    is_url = indicator.kind == "url"
    listed = indicator.select(
        "source",
        "kind",
        "value",
        "family",
        "confidence",
        "since",
        "until",
        listed_port=indicator.port,
        listed_how=ibis.ifelse(indicator.kind == "network", "address", indicator.kind),
        listed_key=ibis.ifelse(is_url, indicator.value.re_extract("^([^/]+)", 1), indicator.value),
    )
    found = met.inner_join(listed, [met.how == listed.listed_how, met.key == listed.listed_key])
    same_port = found.listed_port.isnull() | (found.listed_port == found.port).fill_null(False)
    same_url = (found.how != "url") | found.what.lower().startswith(found.value)
    return found.filter(same_port, same_url)


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


def _end(name: ir.StringValue, labels: int) -> ir.StringValue:
    """The last labels of a name; empty when it has fewer."""
    return name.re_extract(f"[.]((?:[^.]+[.]){{{labels - 1}}}[^.]+)$", 1)
