"""How many local hosts used each name over the last days, of how many, and since when."""

import ibis.expr.types as ir

from tocsin.detect._rarity import visited

KEPT = False


def summarise(name_history: ir.Table) -> ir.Table:
    """By ``name``: ``hosts`` that used it, ``hosts_in_all``, its ``first_day``, and ``days`` that there are."""
    return visited(name_history, "name")
