"""What all Zeek logs share: they are tab-separated with a header, or JSON with one object a line."""

import json
import re
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
_HEADER_WORD = re.compile(rb"#(separator|set_separator|empty_field|unset_field|path|fields)(?![a-z_])")


def is_log(head: bytes, path: str, marks: Sequence[str]) -> bool:
    """Whether content is the Zeek log ``path``: it says so, or it says nothing and has the columns ``marks``."""
    layout = Layout()
    for line in head.split(b"\n")[:LINES_TRIED]:
        if line.startswith(b"#"):
            layout = heed(layout, line.removesuffix(b"\r"))
        elif line.startswith(b"{") and _is_object(line, path, marks):
            return True
        elif layout.columns:
            break  # the header of a log that was put behind it may begin within these lines
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


def header(above: bytes, lines: bytes) -> bytes:
    """The header lines that hold below ``lines``, when ``above`` held before: a log that grows can be read in parts.

    >>> header(b"#path\\tconn\\n#fields\\tts\\n", b"1.0\\n#close\\t2026\\n#fields\\tts\\tuid\\n1.0\\tC1\\n")
    b'#path\\tconn\\n#fields\\tts\\tuid\\n'
    """
    if not (lines.startswith(b"#") or b"\n#" in lines):
        return above
    held: dict[bytes, bytes] = {}
    for line in _header_lines(above + lines):
        if word := _HEADER_WORD.match(line):
            if word[1] == b"separator":
                held.clear()
            held[word[1]] = line
    return b"".join(line + b"\n" for line in held.values())


def _header_lines(data: bytes) -> Iterator[bytes]:
    """Lines that begin with ``#``; the many rows between them are passed over at once."""
    at = 0 if data.startswith(b"#") else data.find(b"\n#") + 1
    while at or data.startswith(b"#"):
        end = data.find(b"\n", at)
        yield data[at : end if end >= 0 else None]
        at = data.find(b"\n#", end) + 1 if end >= 0 else 0
        if not at:
            return
