"""What local hosts had to do with outside addresses over the last days, the day itself among them.

On a run over a lake the days before come from it; by itself this is the day alone.
"""

import ibis.expr.types as ir

KEPT = False


def summarise(pair_day: ir.Table) -> ir.Table:
    """Rows of ``records.PairDay`` with their ``day``, of 14 days."""
    return pair_day
