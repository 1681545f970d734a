"""Questions to resolvers and their answers, from dnstap.

Reads: files of dnstap (Frame Streams of protobuf) as BIND (``dnstap-output file``), Unbound (through ``fstrm_capture``)
and others write them. Of the messages, those between a client and the server: ``CLIENT_QUERY`` and ``CLIENT_RESPONSE``.

Gives: dns, one row an exchange. A response replaces its query and brings code, addresses and names of the answer, at
most 64, and the smallest time to live; the row's time is the query's. A query without a response within a minute has
no code.

Leaves out: what the server asked others, or was asked as an authority (``RESOLVER_``, ``FORWARDER_``, ``AUTH_``,
``STUB_``, ``TOOL_`` and ``UPDATE_`` messages): the first two repeat clients' questions, the others are none.
Messages without a question; what records other than A, AAAA, CNAME, DNAME, NS, PTR, MX and SRV say; the server's name
and version; the upper bits of extended codes. Frames are counted in place of lines. When a frame's length is
damaged, what follows it cannot be read.

Learn more: https://dnstap.info, https://bind9.readthedocs.io/en/v9.18.0/reference.html#dnstap-and-dnstap-options
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from ipaddress import IPv6Address, ip_address
from typing import Any

import pyarrow as pa

from tocsin.records import Dns, arrow_schema
from tocsin.telemetry._answered import answered
from tocsin.telemetry._columns import replaced
from tocsin.telemetry._cut import say_cut, until_cut
from tocsin.telemetry._dnstap_message import CLIENT_RESPONSE, exchange
from tocsin.telemetry._frames import frames, is_dnstap
from tocsin.telemetry._packets._dns_messages import Malformed, message
from tocsin.telemetry._questions import dns_batch
from tocsin.telemetry._rows import Batch, CutOff, Reject, rejected

BATCH = 50_000
MOST_ANSWERS = 64
_LAST_SECOND = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())
_NAMES = (
    "time",
    "initiator",
    "initiator_port",
    "responder",
    "responder_port",
    "query",
    "query_type",
    "response_code",
    "answers",
    "ttl_seconds",
)
_SCHEMA = pa.schema(
    [pa.field("time", pa.int64())]
    + [arrow_schema(Dns).field(name).with_nullable(True) for name in _NAMES[1:]]
    + [pa.field("exchange", pa.string()), pa.field("is_answer", pa.bool_())]
)


def recognise(head: bytes) -> bool:
    """Whether the first frame says that dnstap follows."""
    return is_dnstap(head)


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:  # noqa: ARG001  (nothing to scale)
    """Questions with their answers, and frames that cannot be read."""
    for part in answered(_tables(content), ("time", "initiator_port")):
        if isinstance(part, Reject):
            yield part
        else:
            yield dns_batch(replaced(part, "time", part["time"].cast(pa.timestamp("us"))), sensor)


def _tables(content: Iterable[bytes]) -> Iterator[pa.Table | Reject]:
    rows: list[tuple[Any, ...]] = []
    cuts: list[CutOff] = []
    for part in until_cut(frames(content), cuts):
        found = part if isinstance(part, Reject) else _row(*part)
        if isinstance(found, Reject):
            yield found
        elif found is not None:
            rows.append(found)
        if len(rows) >= BATCH:
            yield _table(rows)
            rows = []
    yield _table(rows)
    say_cut(cuts)


def _table(rows: list[tuple[Any, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(_SCHEMA)
    return pa.Table.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, _SCHEMA, strict=True)], schema=_SCHEMA
    )


def _row(number: int, frame: bytes) -> tuple[Any, ...] | Reject | None:
    """An exchange, or half of one; None for a message that is left out."""
    try:
        tapped = exchange(frame)
        return None if tapped is None else _half(tapped)
    except (ValueError, Malformed) as error:
        return rejected(number, str(error), frame)


def _half(tapped: Any) -> tuple[Any, ...] | None:
    """Raises ValueError and Malformed for what makes no sense."""
    is_answer = tapped.type == CLIENT_RESPONSE
    said = message(tapped.response_message if is_answer else tapped.query_message)
    if said.query is None:
        return None
    client, port = _address(tapped.query_address), _port(tapped.query_port)
    server = _address(tapped.response_address) if tapped.response_address else None
    return (
        _time(tapped, is_answer),
        client,
        port,
        server,
        _port(tapped.response_port),
        "" if said.query == "." else said.query,
        said.query_type,
        said.code if is_answer else None,
        said.answers[:MOST_ANSWERS],
        said.ttl,
        f"{client} {port} {said.number} {said.query} {said.query_type}",
        is_answer,
    )


def _time(tapped: Any, is_answer: bool) -> int:
    """When the client asked, microseconds; when it was answered, if only that is said."""
    responded = is_answer and not tapped.query_time_sec
    seconds = tapped.response_time_sec if responded else tapped.query_time_sec
    if not 0 < seconds <= _LAST_SECOND:
        raise ValueError("it has no time")
    nanoseconds = tapped.response_time_nsec if responded else tapped.query_time_nsec
    return int(seconds) * 1_000_000 + min(int(nanoseconds) // 1000, 999_999)


def _address(packed: bytes) -> str:
    if len(packed) not in (4, 16):
        raise ValueError("it does not name the client's address")
    found = ip_address(packed)
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped or found)


def _port(number: int) -> int | None:
    return number if 0 < number <= 65535 else None
