"""What each side sent, where Argus gives a total and one side, or a total alone."""

from itertools import permutations, product
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.telemetry._columns import replaced

SIDES, COUNTED = ("initiator", "responder"), ("bytes", "packets")


def sides(rows: pa.Table) -> pa.Table:
    """Each side's packets and bytes: as they are, or the total less the other side's.

    When only all packets are known, they are one side's when the other sent no bytes; else null, for both sent some.
    """
    for counted in COUNTED:
        total, initiator, responder = (rows[name] for name in (counted, f"initiator_{counted}", f"responder_{counted}"))
        rows = replaced(rows, f"initiator_{counted}", pc.coalesce(initiator, pc.subtract(total, responder)))
        rows = replaced(rows, f"responder_{counted}", pc.coalesce(responder, pc.subtract(total, initiator)))
    for silent, other in permutations(SIDES):
        says_nothing = pc.equal(rows[f"{silent}_bytes"], pa.scalar(0))
        alone = pc.if_else(says_nothing, rows["packets"], pa.scalar(None, pa.int64()))
        rows = replaced(rows, f"{other}_packets", pc.coalesce(rows[f"{other}_packets"], alone))
        none = pc.if_else(says_nothing, pa.scalar(0), pa.scalar(None, pa.int64()))
        rows = replaced(rows, f"{silent}_packets", pc.coalesce(rows[f"{silent}_packets"], none))
    return rows


def contradictory(rows: pa.Table) -> "pa.ChunkedArray[Any]":
    """Rows in which one side has more than both have together."""
    least = pc.min_element_wise(*(rows[f"{side}_{counted}"] for side, counted in product(SIDES, COUNTED)))
    negative: pa.ChunkedArray[Any] = pc.is_in(pc.less(least, pa.scalar(0)), pa.array([True]))
    return negative
