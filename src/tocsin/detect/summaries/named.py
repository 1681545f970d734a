"""Contacts of local hosts with what they call by name: HTTP requests and TLS handshakes."""

import ibis
import ibis.expr.types as ir

from tocsin.detect._expressions import stacked


def summarise(flow: ir.Table, http: ir.Table, tls: ir.Table, place: ir.Table) -> ir.Table:
    """One row for each contact: sensor, time, host, name, peer, port, sent, back.

    ``name`` is the Host header without its port, or the TLS server name. A request that goes to a proxy (its target is
    a whole URL, or it is a CONNECT) has no ``peer`` and no ``port``: the proxy is not who is called. What local
    servers are asked is left out. ``sent`` and ``back`` are bytes: of HTTP the path and the bodies; of TLS those of the
    connection, where the source gives flow and handshake the same ``uid``; null where not known.
    """
    contacts = stacked(_requests(http), _handshakes(flow, tls))
    local = place.filter(place.place == "local").select("address")
    contacts = contacts.semi_join(local, contacts.host == local.address)
    outside = contacts.anti_join(place, contacts.peer == place.address)
    # A name that is an address tells nothing that the address does not.
    return outside.filter(outside.name.re_search(r"[A-Za-z]"), ~outside.name.contains(":"))


def _requests(http: ir.Table) -> ir.Table:
    proxied = (http.method == "CONNECT").fill_null(False) | http.path.lower().re_search("^(https?|ftp)://").fill_null(
        False
    )
    named = http.filter(http.host.notnull())
    return named.select(
        "sensor",
        "time",
        host=http.initiator,
        name=http.host.lower().re_replace(r":[0-9]+$", ""),
        peer=ibis.ifelse(proxied, ibis.null("string"), http.responder),
        port=ibis.ifelse(proxied, ibis.null("int64"), http.responder_port),
        sent=http.request_bytes.fill_null(0) + http.path.length().cast("int64").fill_null(0),
        back=http.response_bytes,
    )


def _handshakes(flow: ir.Table, tls: ir.Table) -> ir.Table:
    named = tls.filter(tls.server_name.notnull())
    sizes = flow.filter(flow.uid.notnull()).select(
        "sensor", "uid", sent=flow.initiator_bytes, back=flow.responder_bytes
    )
    sizes = (
        sizes.semi_join(named, ("sensor", "uid"))
        .group_by("sensor", "uid")
        .agg(sent=lambda rows: rows.sent.max(), back=lambda rows: rows.back.max())
    )
    joined = named.left_join(sizes, ("sensor", "uid"))
    return joined.select(
        "sensor",
        "time",
        host=joined.initiator,
        name=joined.server_name.lower(),
        peer=joined.responder,
        port=joined.responder_port,
        sent=joined.sent,
        back=joined.back,
    )
