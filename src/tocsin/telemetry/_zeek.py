"""What all Zeek logs share: they are tab-separated with a header, or JSON with one object a line.

``open_conn.log`` and its like hold exchanges that had not ended when they were looked at. Some say so (``#path``),
others are known by the file's name alone (``_named.py``).
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice

import pyarrow as pa

from tocsin.telemetry._ahead import ahead
from tocsin.telemetry._batches import still_open
from tocsin.telemetry._blocks import Lines, blocks
from tocsin.telemetry._columns import Field, converted
from tocsin.telemetry._json_lines import parse_json
from tocsin.telemetry._rows import Batch, Reject
from tocsin.telemetry._values import INTEGER, NUMBER, address, instant, integer, short
from tocsin.telemetry._zeek_tsv import Layout, heed, parse_tsv

# A header has eight lines; the first lines of a log may be broken.
LINES_TRIED = 20
OPEN = "open_"
_SAYS_OPEN = re.compile(rb'^#path\s+open_|"_path"\s*:\s*"open_', re.MULTILINE)

_port = integer(0, 65535)
EXCHANGE = (
    Field("ts", "time", instant, "a time", NUMBER, required=True),
    Field("uid", "uid", short, "short printable text"),
    Field("id.orig_h", "initiator", address, "an address", required=True),
    Field("id.orig_p", "initiator_port", _port, "a port", INTEGER),
    Field("id.resp_h", "responder", address, "an address", required=True),
    Field("id.resp_p", "responder_port", _port, "a port", INTEGER),
)


def is_log(head: bytes, path: str, marks: Sequence[str], lacks: Sequence[str] = ()) -> bool:
    """Whether content is the Zeek log ``path``: it says so, or it says nothing and has the columns ``marks``.

    Another log may have these columns as well; ``lacks`` are columns of that one.
    """
    layout = Layout()
    for line in head.split(b"\n")[:LINES_TRIED]:
        if line.startswith(b"#"):
            layout = heed(layout, line.removesuffix(b"\r"))
        elif line.startswith(b"{") and _is_object(line, path, marks, lacks):
            return True
        elif layout.columns:
            break  # the header of a log that was put behind it may begin within these lines
    return _fits(layout.path, layout.columns, path, marks, lacks)


def read_log(content: Iterable[bytes], path: str, fields: Sequence[Field]) -> Iterator[pa.Table | Reject]:
    """Rows of the Zeek log ``path`` with the columns that ``fields`` give, and the lines that cannot be read.

    Raises what ``content`` raises, and Unreadable for a file of too many headers.
    """
    return _rows(*_begun(content), path, fields)


def read_exchanges(
    content: Iterable[bytes], path: str, fields: Sequence[Field], make: Callable[[pa.Table], Iterable[Batch]]
) -> Iterator[Batch | Reject]:
    """As ``read_log``, with what ``make`` gives for the rows; when the log says so, as what is still open."""
    head, parts = _begun(content)
    is_open = _SAYS_OPEN.search(head) is not None
    for good in _rows(head, parts, OPEN * is_open + path, fields):
        if isinstance(good, Reject):
            yield good
        else:
            yield from map(still_open, make(good)) if is_open else make(good)


def _begun(content: Iterable[bytes]) -> tuple[bytes, Iterator[Lines | Reject]]:
    """The first bytes of a log, and its lines."""
    parts = blocks(content)
    first = list(islice(parts, 1))
    return b"".join(part.data[:4096] for part in first if isinstance(part, Lines)), chain(first, parts)


def _rows(
    head: bytes, parts: Iterable[Lines | Reject], path: str, fields: Sequence[Field]
) -> Iterator[pa.Table | Reject]:
    if head.lstrip().startswith(b"{"):
        types = {field.name: field.json for field in fields}
        found = ahead(lambda block: _good(parse_json([block], types), fields), parts)
    else:
        names = list(dict.fromkeys(field.name for field in fields))
        required = [field.name for field in fields if field.required]
        found = ahead(lambda part: _good([part], fields), parse_tsv(parts, path, names, required))
    return chain.from_iterable(found)


def _good(parts: Iterable[tuple[Lines, pa.Table] | Reject], fields: Sequence[Field]) -> list[Reject | pa.Table]:
    return [good for part in parts for good in ([part] if isinstance(part, Reject) else converted(*part, fields))]


def _is_object(line: bytes, path: str, marks: Sequence[str], lacks: Sequence[str]) -> bool:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(row, dict) and set(marks) <= row.keys() and _fits(row.get("_path"), row, path, marks, lacks)


def _fits(said: object, columns: Iterable[str], path: str, marks: Sequence[str], lacks: Sequence[str]) -> bool:
    if said is not None:
        return said in (path, OPEN + path)
    return set(marks) <= set(columns) and not set(lacks) & set(columns)
