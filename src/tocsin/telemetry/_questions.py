"""What all logs of resolvers share: names, and rows that become a batch."""

import dns.rcode
import pyarrow as pa
import pyarrow.compute as pc

from tocsin.records import Dns, arrow_schema
from tocsin.telemetry._rows import Batch
from tocsin.telemetry._values import TEXT, Values, distinct, integer

# A name has at most 253 characters, of which each may be written as four: a\032b.
_NAME = r"^[!-~]+$"
_LONGEST = 1024
_MNEMONIC = r"^[A-Z0-9-]{1,32}$"

port = integer(0, 65535)


def name(values: Values) -> Values:
    """Names as resolvers write them, in lower case and without the final dot; the root is empty."""
    lower = pc.utf8_rtrim(pc.ascii_lower(values), ".")
    # A dot that stands for itself has a backslash before it, and is no end.
    lower = pc.if_else(pc.ends_with(lower, "\\"), pc.ascii_lower(values), lower)
    fits = pc.and_(pc.match_substring_regex(values, _NAME), pc.less_equal(pc.utf8_length(values), pa.scalar(_LONGEST)))
    return pc.if_else(fits, lower, pa.scalar(None, TEXT))


def mnemonic(values: Values) -> Values:
    """Types and codes: ``AAAA``, ``TYPE65``, ``NXDOMAIN``."""
    return pc.if_else(pc.match_substring_regex(values, _MNEMONIC), values, pa.scalar(None, TEXT))


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
