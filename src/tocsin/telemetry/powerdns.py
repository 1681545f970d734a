"""Questions to the PowerDNS Recursor and its answers, from its log.

Reads: what ``pdns_recursor`` writes with ``quiet=no`` and ``loglevel`` 6 or more: ``3 [1/1] question for
'name|A' from 192.0.2.10:5353`` and ``3 [1/1] answer to question 'name|A': … rcode=0``, or, with structured
logging, ``msg="Question" …``, ``msg="Answer" …`` and ``msg="Question answered from packet cache" …``.

Gives: dns, one row an exchange. An answer replaces its question and brings the code. In plain lines an answer
does not name the client, so it is the one whose question the same thread's same task (``3 [1/``) was asked for.

Leaves out: the addresses of the answer, its time to live and the server's address, which the log does not have; plain
lines that say that a question was answered from the packet cache, for they do not say which. Structured lines have
their time in ``ts``, in seconds. Plain lines have the time that the log puts before them; the Recursor's own has no
year, and a line without one is refused: prefer structured logging, or let the journal (``-o short-iso``) or syslog
(RFC 3339) write the time. Times without a zone are taken as UTC.

Learn more: https://doc.powerdns.com/recursor/settings.html#quiet
"""

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.telemetry._answered import answered
from tocsin.telemetry._blocks import Lines
from tocsin.telemetry._columns import Field, replaced
from tocsin.telemetry._log_lines import Messages, known_by, read_messages
from tocsin.telemetry._questions import dns_batch, joined_text, mnemonic, name, numbered_code, port
from tocsin.telemetry._rows import Batch, Reject, rejected
from tocsin.telemetry._stamps import STAMP, WITH_YEAR, stamp
from tocsin.telemetry._values import INTEGER, TEXT, Values, address, text

# Greedy: the port is what stands behind the last colon.
_REMOTE = r"\[?(?P<client>[0-9A-Fa-f.:]+)(?:%[^\]:\s]*)?\]?:(?P<port>\d+)"
_BEFORE = r"(?:[\w.:\[\]()-]+ ){0,4}?"
_TASK = r"(?P<task>\d+ \[\d+)/\d+\] "
_NAMED = r"question '(?P<query>\S+)\|(?P<type>[A-Z0-9-]+)'"
_CODE = r".*, rcode=(?P<code>-?\d+)"
_VALUE = r'(?:[^"\\]|\\.)*'

QUESTION = (
    rf"^{STAMP}{_BEFORE}{_TASK}(?:TCP )?question for '(?P<query>\S+)\|(?P<type>[A-Z0-9-]+)' from {_REMOTE}(?: .*)?$"
)
ANSWER = rf"^{STAMP}{_BEFORE}{_TASK}answer to (?:non-rd )?{_NAMED}:{_CODE}"
STRUCTURED = (
    r'^[^"{}]*\bmsg="(?P<kind>Question|Answer|Question answered from packet cache)" subsystem="\w+" '
    r'[^{}]*? ts="(?P<time>\d+\.\d+)" '
    rf'.*\bqname="(?P<quoted>{_VALUE})" qtype="(?P<type>[A-Z0-9-]+)"(?: rcode="(?P<code>-?\d+)")?.* remote="{_REMOTE}"'
)
MESSAGES = Messages(
    (QUESTION, ANSWER, STRUCTURED),
    r"\] (?:TCP )?question for '|\] answer to (?:non-rd )?question '|\bmsg=\"(?:Question|Answer)\b",
    "a question or an answer as the Recursor logs it",
)
NO_QUESTION = "the question that it answers does not stand above it"


def _unquoted(values: Values) -> Values:
    """Names between quotes, where quotes and backslashes have a backslash before them."""
    return name(pc.replace_substring_regex(values, r'\\([\\"])', r"\1"))


FIELDS = (
    Field("time", "time", stamp, WITH_YEAR, required=True),
    Field("client", "initiator", address, "an address"),
    Field("port", "initiator_port", port, "a port"),
    Field("query", "query", name, "a name"),
    Field("quoted", "quoted", _unquoted, "a name"),
    Field("type", "query_type", mnemonic, "a type of record"),
    Field("code", "code", text, "a response code"),
    Field("task", "task", text, "a task"),
    Field("kind", "kind", text, "a kind of message"),
)
FROM_THE_QUESTION = ("initiator", "initiator_port", "query_type")


def recognise(head: bytes) -> bool:
    """Whether one of the first lines is a question or an answer as the Recursor logs it."""
    may_be = b"question for '" in head or b'qname="' in head
    return may_be and any(known_by(head, form) for form in (QUESTION, STRUCTURED))


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:  # noqa: ARG001  (nothing to scale)
    """Questions with their answers, and lines that are neither."""
    parts = read_messages(content, MESSAGES, FIELDS)
    tables = (part if isinstance(part, Reject) else _exchanges(*part) for part in parts)
    for part in answered(tables, FROM_THE_QUESTION):
        if isinstance(part, Reject):
            yield part
        else:
            yield from _rows(part, sensor)


def _exchanges(lines: Lines, rows: pa.Table) -> pa.Table:
    query = pc.coalesce(rows["query"], rows["quoted"])
    client = joined_text(rows["initiator"], rows["initiator_port"].cast(TEXT))
    exchange = joined_text(pc.coalesce(rows["task"], client), query)
    from_cache = pc.ends_with(pc.coalesce(rows["kind"], pa.scalar("")), "packet cache")
    rows = rows.append_column("exchange", exchange)
    rows = rows.append_column("is_answer", pc.or_(pc.is_valid(rows["code"]), from_cache))
    rows = rows.append_column("response_code", _codes(rows["code"]))
    numbered = lines.numbered()
    where = [numbered[place] for place in rows["place"].to_numpy()]
    rows = rows.append_column("number", pa.array([number for number, _ in where], INTEGER))
    rows = rows.append_column("line", pa.array([line for _, line in where], pa.binary()))
    rows = replaced(replaced(rows, "query", query), "time", rows["time"].cast(INTEGER))
    return rows.drop_columns(["quoted", "code", "task", "kind", "place"])


def _codes(numbers: "pa.ChunkedArray[Any]") -> "pa.ChunkedArray[Any]":
    return pa.chunked_array([numbered_code(chunk) for chunk in numbers.chunks], TEXT)


def _rows(rows: pa.Table, sensor: str) -> Iterator[Batch | Reject]:
    """Rows whose client is known; of the others the question is missing."""
    known = pc.is_valid(rows["initiator"])
    orphans = rows.filter(pc.invert(known))
    for orphan in orphans.select(["number", "line"]).to_pylist():
        yield rejected(orphan["number"], NO_QUESTION, orphan["line"])
    rows = replaced(rows, "time", rows["time"].cast(pa.timestamp("us")))
    yield dns_batch(rows.filter(known), sensor)
