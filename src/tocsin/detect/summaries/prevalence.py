"""How many local hosts had to do with each outside address over the last days, of how many, and since when."""

import ibis.expr.types as ir

from tocsin.detect._rarity import visited

# Reading it costs what is asked of it: a detector joins it with the few addresses that it has found.
KEPT = False


def summarise(history: ir.Table) -> ir.Table:
    """By ``peer``: ``hosts`` that visited it, ``hosts_in_all``, its ``first_day``, and ``days`` that there are."""
    return visited(history, "peer")
