"""Expressions that give the same on every engine, where the obvious ones do not.

Gaps are taken in microseconds: DuckDB counts the boundaries that coarser units cross, Spark whole units that have
passed. Quantiles are nearest rank, on integers, so that decisions are exact: float aggregates differ from run to run.
"""

from collections.abc import Sequence

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir


def gaps_us(table: ir.Table, keys: Sequence[str], time: str = "time") -> ir.Table:
    """Add ``gap_us``, the microseconds since the row before in the same group; null for the first.

    Rows at the same moment need no tie-breaker: whatever their order, the gaps are the same.
    """
    window = ibis.window(group_by=[table[key] for key in keys], order_by=table[time])
    return table.mutate(gap_us=table[time].delta(table[time].lag().over(window), unit="microsecond"))


def quantiles(table: ir.Table, keys: Sequence[str], column: str, **percents: int) -> ir.Table:
    """Nearest-rank quantiles of an integer column in each group: the value at rank ceil(percent x n / 100).

    Nulls are left out. Each keyword names a column of the result and gives its percent, 1 to 100.
    """
    known = table.filter(table[column].notnull())
    group = [known[key] for key in keys]
    ranked = known.select(
        *group,
        value=known[column],
        rank=ibis.row_number().over(ibis.window(group_by=group, order_by=known[column])) + 1,
        size=known.count().over(ibis.window(group_by=group)),
    )
    return ranked.group_by(list(keys)).agg(
        **{
            name: ranked.value.max(where=ranked.rank == (ranked.size * percent + 99) // 100)
            for name, percent in percents.items()
        }
    )


def count_where(condition: ir.BooleanValue) -> ir.IntegerScalar:
    """How many rows of a group meet a condition; a null condition does not (Spark's own count is then null)."""
    return condition.fill_null(False).cast("int64").sum()


def total(column: ir.IntegerValue) -> ir.IntegerScalar:
    """Sum of what is known in a group; 0 where nothing is."""
    return ibis.coalesce(column.sum(), 0)


def packets_at_least(flow: ir.Table, side: str) -> ir.IntegerValue:
    """Packets of a side of each flow; where only bytes are known, 1 stands for some and 0 for none."""
    return ibis.coalesce(flow[f"{side}_packets"], (flow[f"{side}_bytes"] > 0).cast("int64"))


def points(condition: ir.BooleanValue, value: int) -> ir.IntegerValue:
    """``value`` where the condition holds, else 0; a null condition does not hold."""
    return ibis.ifelse(condition.fill_null(False), value, 0)


def score(*parts: ir.IntegerValue | int) -> ir.FloatingValue:
    """Points out of a hundred as a score between 0 and 0.99: no evidence from flows alone is beyond doubt."""
    added = parts[0]
    for part in parts[1:]:
        added = added + part
    return ibis.least(ibis.greatest(added, 0), 99) / ibis.literal(100.0)


def share(part: ir.IntegerValue, whole: ir.IntegerValue) -> ir.FloatingValue:
    """``part`` of ``whole``, 0 to 1; null where there is nothing (Spark refuses to divide by zero)."""
    return part.cast("float64") / whole.nullif(0).cast("float64")


def stacked(first: ir.Table, *others: ir.Table) -> ir.Table:
    """Rows of several tables, with the columns and types of the first, each of which may be null.

    Whole numbers get 64 bits: a column that is one small number in the first table has only eight of its own.
    """
    kinds = {name: _widest(kind).copy(nullable=True) for name, kind in first.schema().items()}
    tables = [table.select(*kinds).cast(kinds) for table in (first, *others)]
    return ibis.union(*tables)


def _widest(kind: dt.DataType) -> dt.DataType:
    return dt.int64 if kind.is_integer() else kind


def busiest(table: ir.Table, keys: Sequence[str], most: int, weight: ir.IntegerValue, ties: Sequence[str]) -> ir.Table:
    """The rows of each group, and of groups with more than ``most`` rows those that weigh most; ``ties`` decide."""
    table = table.mutate(weight=weight)
    large = table.group_by(keys).agg(size=table.count()).filter(lambda row: row.size > most)
    few, many = table.anti_join(large, keys), table.semi_join(large, keys)
    ordered = [many.weight.desc(), *(many[column] for column in ties)]
    ranked = many.mutate(
        rank=ibis.row_number().over(ibis.window(group_by=[many[key] for key in keys], order_by=ordered))
    )
    return stacked(few, ranked.filter(ranked.rank < most).drop("rank")).drop("weight")


def beside(table: ir.Table, more: ir.Table, keys: Sequence[str]) -> ir.Table:
    """Every row of a table, with what ``more`` has for its keys; null where it has nothing."""
    return table.left_join(more, keys).drop(*(f"{key}_right" for key in keys))
