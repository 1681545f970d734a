"""Which names local hosts used over the last days, the day itself among them.

On a run over a lake the days before come from it; by itself this is the day alone.
"""

import ibis.expr.types as ir

KEPT = False


def summarise(name_day: ir.Table) -> ir.Table:
    """Rows of ``records.NameDay`` with their ``day``, of 14 days."""
    return name_day
