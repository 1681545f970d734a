"""What all Zeek logs share: they are tab-separated with a header, or JSON with one object a line."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import pyarrow as pa

from tocsin.telemetry._blocks import Lines, blocks
from tocsin.telemetry._columns import Field, converted
from tocsin.telemetry._rows import Reject
from tocsin.telemetry._zeek_json import parse_json
from tocsin.telemetry._zeek_tsv import Layout, heed, parse_tsv

# A header has eight lines; the first lines of a log may be broken.
LINES_TRIED = 20


def is_log(head: bytes, path: str, marks: Sequence[str]) -> bool:
    """Whether content is the Zeek log ``path``: it says so, or it says nothing and has the columns ``marks``."""
    layout = Layout()
    for line in head.split(b"\n")[:LINES_TRIED]:
        if line.startswith(b"#"):
            layout = heed(layout, line.removesuffix(b"\r"))
        elif line.startswith(b"{") and _is_object(line, path, marks):
            return True
    return layout.path == path or (layout.path is None and set(marks) <= set(layout.columns))


def read_log(content: Iterable[bytes], path: str, fields: Sequence[Field]) -> Iterator[pa.Table | Reject]:
    """Rows of the Zeek log ``path`` with the columns that ``fields`` give, and the lines that cannot be read.

    Raises what ``content`` raises, and Unreadable for a file of too many headers.
    """
    parts = blocks(content)
    first = next(parts, None)
    if first is None:
        return
    parts = chain([first], parts)
    if isinstance(first, Lines) and first.data.lstrip().startswith(b"{"):
        parsed = parse_json(parts, {field.name: field.json for field in fields})
    else:
        parsed = parse_tsv(
            parts, path, [field.name for field in fields], [field.name for field in fields if field.required]
        )
    for part in parsed:
        if isinstance(part, Reject):
            yield part
        else:
            yield from converted(*part, fields)


def _is_object(line: bytes, path: str, marks: Sequence[str]) -> bool:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(row, dict) and row.get("_path", path) == path and set(marks) <= row.keys()
