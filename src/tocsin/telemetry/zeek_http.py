"""HTTP requests from Zeek: ``http.log``, tab-separated or JSON.

Reads: ``http.log`` of Zeek and Bro, plain or compressed, the columns in any order and others among them.

Gives: http. ``id.orig_*`` is the client; with a proxy, ``id.resp_*`` is the proxy and ``host`` the true destination.
The host is in lower case, without port and final dot. Bytes are those of the bodies, as Zeek saw them. ``open_http``
logs are kept apart, as ``open_conn`` logs are.

Leaves out: user names and passwords, referrers, files and their types; of paths what comes after 1,024 characters, of
software after 512. Labels, which ``conn.log`` has too.

Learn more: https://docs.zeek.org/en/current/logs/http.html
"""

from collections.abc import Iterable, Iterator

import pyarrow as pa

from tocsin.records import Http
from tocsin.telemetry._batches import batch
from tocsin.telemetry._columns import Field
from tocsin.telemetry._flows import LARGEST_COUNT, count
from tocsin.telemetry._rows import Batch, Reject
from tocsin.telemetry._texts import host, method, path, software
from tocsin.telemetry._values import INTEGER, integer
from tocsin.telemetry._zeek import EXCHANGE, is_log, read_exchanges
from tocsin.telemetry._zeek_header import header

__all__ = ["header", "read", "recognise"]


def recognise(head: bytes) -> bool:
    """Whether this is an http log: its header or ``_path`` says so, or it has a request's columns."""
    # Calls (``sip.log``) have much the same columns.
    return is_log(head, "http", ("ts", "id.orig_h", "trans_depth", "request_body_len"), lacks=("request_path",))


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:  # noqa: ARG001  (nothing to scale)
    """Requests with their answers, and lines that are none."""

    def requests(rows: pa.Table) -> Iterator[Batch]:
        yield batch(Http, rows, sensor)

    return read_exchanges(content, "http", FIELDS, requests)


FIELDS = (
    *EXCHANGE,
    Field("method", "method", method, "text"),
    Field("host", "host", host, "a name"),
    Field("uri", "path", path, "text"),
    Field("user_agent", "user_agent", software, "text"),
    Field("status_code", "status", integer(0, 999), "a status", INTEGER, lenient=True),
    Field("request_body_len", "request_bytes", count, "a count", INTEGER, largest=LARGEST_COUNT),
    Field("response_body_len", "response_bytes", count, "a count", INTEGER, largest=LARGEST_COUNT),
)
