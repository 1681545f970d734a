"""What all logs of resolvers share: names, and rows that become a batch."""

from typing import Any, TypeAlias

import dns.rcode
import pyarrow as pa
import pyarrow.compute as pc

from tocsin.records import Dns, arrow_schema
from tocsin.telemetry._rows import Batch
from tocsin.telemetry._values import TEXT, Values, distinct, integer

Column: TypeAlias = "pa.ChunkedArray[Any]"

# A name has at most 253 characters, of which each may be written as four: a\032b.
# RE2 repeats nothing more than 1,000 times.
_NAME = r"^[!-~]{1,512}[!-~]{0,512}$"
_MNEMONIC = r"^[A-Z0-9-]{1,32}$"

port = integer(0, 65535)


def name(values: Values) -> Values:
    """Names as resolvers write them, in lower case and without the final dot; the root is empty."""
    lower = pc.utf8_rtrim(pc.ascii_lower(values), ".")
    # A dot that is no end has a backslash before it.
    lower = pc.if_else(pc.ends_with(lower, "\\"), pc.ascii_lower(values), lower)
    return where(pc.match_substring_regex(values, _NAME), lower)


def mnemonic(values: Values) -> Values:
    """Types and codes: ``AAAA``, ``TYPE65``, ``NXDOMAIN``."""
    return where(pc.match_substring_regex(values, _MNEMONIC), values)


def where(fits: Values, values: Values) -> Values:
    """The values that fit, and null for the others."""
    kept: Values = pc.if_else(fits, values, pa.scalar(None, TEXT))
    return kept


def _code(text: str) -> str | None:
    return dns.rcode.to_text(dns.rcode.Rcode.make(int(text))) if text.isdecimal() and int(text) < 4096 else None


# Response codes by their number.
numbered_code = distinct(_code)


def dns_batch(rows: pa.Table, sensor: str) -> Batch:
    """Questions that a resolver was asked. Columns that they lack are null; a log without answers has none."""
    schema, count = arrow_schema(Dns), rows.num_rows
    rows = rows.append_column("sensor", pa.repeat(sensor, count))
    for field in schema:
        if field.name not in rows.column_names:
            empty = pa.nulls(count, field.type)
            if field.name == "answers":
                empty = pa.ListArray.from_arrays(pa.array([0] * (count + 1), pa.int32()), pa.array([], TEXT))
            rows = rows.append_column(field.name, empty)
    return Batch(Dns, rows.select(schema.names))


def joined_text(*columns: Column) -> Column:
    """Texts side by side with a blank between, by which a question and its answer know each other."""
    between = pa.chunked_array([pa.repeat(" ", len(columns[0]))])
    found: Column = pc.binary_join_element_wise(*columns, between)
    return found
