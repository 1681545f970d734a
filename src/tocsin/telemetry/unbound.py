"""Questions to Unbound and its replies, from its log.

Reads: what ``unbound`` writes with ``log-queries: yes`` and ``log-replies: yes``: ``[1767607200] unbound[100:0] info:
192.0.2.10 name. A IN NOERROR 0.000528 0 61``, tagged as ``query:`` and ``reply:`` or not, with the server's address
(``log-destaddr: yes``) or not, with times in seconds or as ``log-time-iso`` has them, or behind the time and name that
syslog or the journal puts before it.

Gives: dns, one row an exchange. A reply replaces its question and brings the code; the row's time is the question's,
or, where only replies are logged, the reply's less the time that it took. A question without a reply has no code.

Leaves out: lines about local zones (``log-local-actions``), which stand beside question and reply; messages that could
not be read (``- - - FORMERR``); whether an answer came from the cache, and its size. The client's port, the
addresses of the answer and its time to live are not in this log; dnstap has them. Lines whose time has no year, as
``log-time-ascii: yes`` alone and old syslog write it, are refused. Times without a zone are taken as UTC.

Learn more: https://unbound.docs.nlnetlabs.nl/en/latest/manpages/unbound.conf.html
"""

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.telemetry._answered import answered
from tocsin.telemetry._columns import Field, replaced
from tocsin.telemetry._log_lines import Messages, known_by, read_messages
from tocsin.telemetry._questions import dns_batch, joined_text, mnemonic, name, port
from tocsin.telemetry._rows import Batch, Reject
from tocsin.telemetry._stamps import STAMP, WITH_YEAR, stamp
from tocsin.telemetry._values import INTEGER, address, duration

_ADDRESS = r"[0-9A-Fa-f.:]+"
# Process and thread; in syslog the process stands twice.
_BEFORE = r"(?:[\w.:()-]+ )?(?:unbound(?:\[\d+\])?: )?(?:unbound)?\[\d+:[0-9a-f]+\] "
_QUESTION = rf"(?:info|query|reply): (?P<client>{_ADDRESS}) (?P<query>\S+) (?P<type>\S+) (?:IN|CH|HS|ANY|CLASS\d+)"
_REPLY = r"(?: (?P<code>[A-Z][A-Z0-9]*) (?P<took>\d+\.\d{6}) [01] \d+)?"
_SERVER = rf"(?: on \w+ (?P<server>{_ADDRESS}) (?P<server_port>\d+))? ?$"

MESSAGES = Messages(
    (rf"^{STAMP}{_BEFORE}{_QUESTION}{_REPLY}{_SERVER}",),
    rf"\] (?:query|reply): (?!\S+ - - -)|\] info: {_ADDRESS} \S+ \S+ (?:IN|CH|HS|ANY|CLASS\d+)\b",
    "a question or a reply as Unbound logs it",
)
FIELDS = (
    Field("time", "time", stamp, WITH_YEAR, required=True),
    Field("client", "initiator", address, "an address", required=True),
    Field("query", "query", name, "a name", required=True),
    Field("type", "query_type", mnemonic, "a type of record"),
    Field("code", "response_code", mnemonic, "a response code"),
    # What takes an hour is no answer to anybody.
    Field("took", "took", duration, "a duration in seconds", largest=3_600_000_000),
    Field("server", "responder", address, "an address"),
    Field("server_port", "responder_port", port, "a port"),
)


def recognise(head: bytes) -> bool:
    """Whether one of the first lines is a question or a reply as Unbound logs it."""
    return b"unbound" in head and known_by(head, MESSAGES.forms[0])


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:  # noqa: ARG001  (nothing to scale)
    """Questions with their replies, and lines that are neither."""
    parts = read_messages(content, MESSAGES, FIELDS)
    tables = (part if isinstance(part, Reject) else _exchanges(part[1]) for part in parts)
    for part in answered(tables):
        yield part if isinstance(part, Reject) else dns_batch(_timed(part), sensor)


def _exchanges(rows: pa.Table) -> pa.Table:
    """Times become numbers, and are those at which the question was asked."""
    began = pc.subtract(rows["time"].cast(INTEGER), pc.coalesce(rows["took"], pa.scalar(0)))
    exchange = joined_text(rows["initiator"], rows["query"], rows["query_type"])
    began = pc.if_else(pc.less(began, pa.scalar(0)), pa.scalar(0), began)
    rows = replaced(rows, "time", began).drop_columns(["took", "place"])
    rows = rows.append_column("exchange", exchange)
    return rows.append_column("is_answer", pc.is_valid(rows["response_code"]))


def _timed(rows: pa.Table) -> pa.Table:
    return replaced(rows, "time", rows["time"].cast(pa.timestamp("us")))
