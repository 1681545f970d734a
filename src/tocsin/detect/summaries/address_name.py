"""By which name an address was found, where that is one name alone."""

import ibis.expr.types as ir


def summarise(dns: ir.Table) -> ir.Table:
    """By ``address`` the ``name`` whose look-up gave it. An address that several names gave has none: which was meant
    cannot be known, and what is known of one name must not be held for another."""
    answers = dns.select(name=dns["query"], address=dns.answers.unnest())
    answers = answers.filter(answers.address.re_search("^[0-9]+[.][0-9.]+$|:"), answers.name != "")
    found = answers.group_by("address").agg(names=answers.name.nunique(), name=answers.name.max())
    return found.filter(found.names == 1).select("address", "name")
