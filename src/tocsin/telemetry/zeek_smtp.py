"""Mail handed over, from Zeek: ``smtp.log``, tab-separated or JSON.

Reads: ``smtp.log`` of Zeek and Bro, plain or compressed, the columns in any order and others among them.

Gives: smtp. ``id.orig_*`` is who delivers. Of the envelope's sender (``mailfrom``) the domain alone is kept, of its
recipients (``rcptto``) their number.

Leaves out: addresses of people, subjects, headers, and what was sent. After STARTTLS Zeek sees nothing, so that such a
session has neither sender nor recipients.

Learn more: https://docs.zeek.org/en/current/logs/smtp.html
"""

from collections.abc import Iterable, Iterator

import pyarrow as pa

from tocsin.records import Smtp
from tocsin.telemetry._batches import batch
from tocsin.telemetry._columns import Field
from tocsin.telemetry._lists import size
from tocsin.telemetry._rows import Batch, Reject
from tocsin.telemetry._texts import domain, words
from tocsin.telemetry._values import TEXT
from tocsin.telemetry._zeek import EXCHANGE, is_log, read_exchanges
from tocsin.telemetry._zeek_header import header

__all__ = ["header", "read", "recognise"]


def recognise(head: bytes) -> bool:
    """Whether this is an smtp log: its header or ``_path`` says so, or it has a delivery's columns."""
    return is_log(head, "smtp", ("ts", "id.orig_h", "trans_depth", "tls"))


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:  # noqa: ARG001  (nothing to scale)
    """Deliveries, and lines that are none."""

    def deliveries(rows: pa.Table) -> Iterator[Batch]:
        yield batch(Smtp, rows, sensor)

    return read_exchanges(content, "smtp", FIELDS, deliveries)


FIELDS = (
    *EXCHANGE,
    Field("helo", "helo", words, "text"),
    Field("mailfrom", "sender_domain", domain, "an address of mail", lenient=True),
    Field("rcptto", "recipients", size, "a list", pa.list_(TEXT)),
    Field("last_reply", "reply", words, "text"),
)
