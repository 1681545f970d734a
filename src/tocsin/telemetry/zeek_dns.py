"""Questions to resolvers and their answers from Zeek: ``dns.log``, tab-separated or JSON.

Reads: ``dns.log`` of Zeek and Bro, plain or compressed, the columns in any order and others among them.

Gives: dns. ``id.orig_*`` is who asked, ``id.resp_*`` the resolver; question and answer are one row, as Zeek pairs them.
Names are in lower case without the final dot; what cannot be printed in them is written out as ``\\x00``, as Zeek does.
The answers are addresses and names, at most 64; the time to live is the smallest of them, in whole seconds. Without
an answer the code is null.

Leaves out: rows without a question, which Zeek writes for empty and broken messages; the contents of TXT records and of
others that are neither addresses nor names; flags, classes and transaction ids; labels, which ``conn.log`` has too.

Learn more: https://docs.zeek.org/en/current/logs/dns.html
"""

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.records import Dns
from tocsin.telemetry._batches import batch
from tocsin.telemetry._columns import Field, replaced
from tocsin.telemetry._lists import answers, smallest
from tocsin.telemetry._rows import Batch, Reject
from tocsin.telemetry._texts import name
from tocsin.telemetry._values import NUMBER, TEXT, once, short
from tocsin.telemetry._zeek import EXCHANGE, is_log, read_exchanges
from tocsin.telemetry._zeek_header import header

__all__ = ["header", "read", "recognise"]

# How Zeek writes the name of the root, which without its dot is empty, and the type of any record.
ROOT, ANY = "<root>", "*"


def recognise(head: bytes) -> bool:
    """Whether this is a dns log: its header or ``_path`` says so, or it has a question's columns."""
    return is_log(head, "dns", ("ts", "id.orig_h", "query", "qtype_name"))


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:  # noqa: ARG001  (nothing to scale)
    """Questions with their answers, and lines that are none."""

    def questions(rows: pa.Table) -> Iterator[Batch]:
        rows = rows.filter(pc.is_valid(rows["query"]))
        root, any_type = pc.equal(rows["query"], pa.scalar(ROOT)), pc.equal(rows["query_type"], pa.scalar(ANY))
        rows = replaced(rows, "query", pc.if_else(root, pa.scalar(""), rows["query"]))
        rows = replaced(rows, "query_type", pc.if_else(any_type, pa.scalar("ANY"), rows["query_type"]))
        yield batch(Dns, rows, sensor)

    return read_exchanges(content, "dns", FIELDS, questions)


FIELDS = (
    *EXCHANGE,
    Field("query", "query", name, "a name", lenient=True),
    Field("qtype_name", "query_type", once(short), "short printable text"),
    Field("rcode_name", "response_code", once(short), "short printable text"),
    Field("answers", "answers", answers, "a list", pa.list_(TEXT)),
    Field("TTLs", "ttl_seconds", smallest, "a list of seconds", pa.list_(NUMBER)),
)
