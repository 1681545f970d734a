"""Logins over SSH from Zeek: ``ssh.log``, tab-separated or JSON.

Reads: ``ssh.log`` of Zeek, plain or compressed, the columns in any order and others among them.

Gives: logins, one row a session. ``id.orig_*`` is the client. Whether a login succeeded Zeek infers from the sizes of
packets; where it could not tell (``auth_success`` is unset) it is null. ``attempts`` are those that Zeek saw within the
session; 0 means that it saw none, not that there was none.

Leaves out: ciphers and keys, the server's software, Zeek's guess of countries.

Learn more: https://docs.zeek.org/en/current/logs/ssh.html
"""

from collections.abc import Iterable, Iterator

import pyarrow as pa

from tocsin.records import Login
from tocsin.telemetry._batches import batch
from tocsin.telemetry._columns import Field
from tocsin.telemetry._flows import LARGEST_COUNT, count
from tocsin.telemetry._rows import Batch, Reject
from tocsin.telemetry._texts import flag, words
from tocsin.telemetry._values import INTEGER
from tocsin.telemetry._zeek import EXCHANGE, is_log, read_exchanges
from tocsin.telemetry._zeek_header import header

__all__ = ["header", "read", "recognise"]


def recognise(head: bytes) -> bool:
    """Whether this is an ssh log: its header or ``_path`` says so, or it has a session's columns."""
    return is_log(head, "ssh", ("ts", "id.orig_h", "auth_attempts"))


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:  # noqa: ARG001  (nothing to scale)
    """Sessions, and lines that are none."""

    def logins(rows: pa.Table) -> Iterator[Batch]:
        yield batch(Login, rows.append_column("service", pa.repeat("ssh", rows.num_rows)), sensor)

    return read_exchanges(content, "ssh", FIELDS, logins)


FIELDS = (
    *EXCHANGE,
    Field("auth_success", "success", flag, "true or false", pa.bool_()),
    Field("auth_attempts", "attempts", count, "a count", INTEGER, largest=LARGEST_COUNT),
    Field("client", "client_software", words, "text"),
)
