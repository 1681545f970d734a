"""What somebody who knows says of an exchange, kept aside: no detector ever sees it.

Labelled Zeek logs have it in columns of their own or, as those of IoT-23, packed into the last one: ``tunnel_parents``,
label and detailed label with blanks between. What stands for nothing (``-``, ``(empty)``) says nothing.
"""

from collections.abc import Iterator
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.records import Label
from tocsin.telemetry._batches import batch
from tocsin.telemetry._columns import Field
from tocsin.telemetry._rows import Batch
from tocsin.telemetry._texts import shown
from tocsin.telemetry._values import TEXT

Column: TypeAlias = "pa.ChunkedArray[Any]"

LABEL = shown(200)
PACKED = "tunnel_parents label detailed-label"
_PARTS = r"^\S+\s+(?P<label>\S+)\s+(?P<detail>.*?)\s*$"
_NOTHING = pa.array(["-", "(empty)", ""])

LABELS = (
    Field("label", "label", LABEL, "text", lenient=True),
    Field("detailedlabel", "detail", LABEL, "text", lenient=True),
    Field("detailed-label", "other_detail", LABEL, "text", lenient=True),
    Field(PACKED, "packed", LABEL, "text", lenient=True),
)


def unpacked(column: str) -> str:
    """The name of a column, where three are packed into one with any number of blanks between.

    >>> unpacked("tunnel_parents   label   detailed-label")
    'tunnel_parents label detailed-label'
    """
    return PACKED if column.split() == PACKED.split() else column


def labels(rows: pa.Table, sensor: str) -> Iterator[Batch]:
    """The labels among rows that were read with ``LABELS``."""
    if all(rows[field.column].null_count == rows.num_rows for field in LABELS):
        return
    parts = pc.extract_regex(rows["packed"], _PARTS)
    label = _said(rows["label"], pc.struct_field(parts, "label"))
    detail = _said(rows["detail"], rows["other_detail"], pc.struct_field(parts, "detail"))
    yield labelled(rows, label, detail, sensor)


def labelled(rows: pa.Table, label: Column, detail: "Column | None", sensor: str) -> Batch:
    """The rows of which something is said, and what."""
    said = {"label": label, "detail": pa.nulls(rows.num_rows, TEXT) if detail is None else detail}
    rows = rows.drop_columns([name for name in said if name in rows.column_names])
    for name, values in said.items():
        rows = rows.append_column(name, values)
    return batch(Label, rows.filter(pc.is_valid(rows["label"])), sensor)


def _said(*columns: Column) -> Column:
    """The first of some texts that says something."""
    texts = [pc.if_else(pc.is_in(column, _NOTHING), pa.scalar(None, TEXT), column) for column in columns]
    found: Column = pc.coalesce(*texts)
    return found
