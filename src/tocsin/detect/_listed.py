"""What of that which local hosts met stands on a list."""

import ibis
import ibis.expr.types as ir

from tocsin.detect._expressions import stacked

# A name may be listed by what it ends with, from two labels on. Below so many labels machines name things.
LABELS = range(2, 8)


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


def _end(name: ir.StringValue, labels: int) -> ir.StringValue:
    """The last labels of a name; empty when it has fewer."""
    return name.re_extract(f"[.]((?:[^.]+[.]){{{labels - 1}}}[^.]+)$", 1)
