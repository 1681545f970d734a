"""TLS handshakes from Zeek: ``ssl.log``, tab-separated or JSON.

Reads: ``ssl.log`` of Zeek and Bro, plain or compressed, the columns in any order and others among them; ``ja3`` and
``ja4`` where Zeek has the packages that write them.

Gives: tls. ``id.orig_*`` is the client. The server's certificate is the first of its chain: ``cert_chain_fps`` names
it by its SHA-256 (Zeek 5 and later, as it comes), ``cert_chain_fuids`` by an id that only ``x509.log`` explains, which
is read on its own, before or after. Subject and issuer stand in ``ssl.log`` itself, or come from there too.
``open_ssl`` logs are kept apart, as ``open_conn`` logs are.

Leaves out: ciphers, curves, what the client showed of itself, and whether the chain could be validated; labels, which
``conn.log`` has too. Digests that are not SHA-256, as Zeek can be told to use, name a certificate but are not kept as
its SHA-256.

Learn more: https://docs.zeek.org/en/current/logs/ssl.html
"""

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.records import Tls
from tocsin.telemetry._batches import batch
from tocsin.telemetry._columns import Field
from tocsin.telemetry._lists import first
from tocsin.telemetry._rows import Batch, Reject
from tocsin.telemetry._texts import distinguished_name, name, sha256
from tocsin.telemetry._values import TEXT, Values, once, short, token
from tocsin.telemetry._zeek import EXCHANGE, is_log, read_exchanges
from tocsin.telemetry._zeek_header import header

__all__ = ["header", "read", "recognise"]


def recognise(head: bytes) -> bool:
    """Whether this is an ssl log: its header or ``_path`` says so, or it has a handshake's columns."""
    return is_log(head, "ssl", ("ts", "id.orig_h", "resumed", "established"))


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:  # noqa: ARG001  (nothing to scale)
    """Handshakes, and lines that are none."""

    def handshakes(rows: pa.Table) -> Iterator[Batch]:
        rows = rows.append_column("certificate_id", pc.coalesce(rows["fingerprint"], rows["file"]))
        digests = pa.chunked_array([sha256(chunk) for chunk in rows["fingerprint"].chunks], TEXT)
        yield batch(Tls, rows.append_column("certificate_sha256", digests), sensor)

    return read_exchanges(content, "ssl", FIELDS, handshakes)


def _first_id(values: Values) -> Values:
    return once(short)(first(values))


FIELDS = (
    *EXCHANGE,
    Field("version", "version", once(short), "short printable text"),
    Field("server_name", "server_name", name, "a name"),
    Field("ja3", "ja3", once(token), "a fingerprint"),
    Field("ja4", "ja4", once(token), "a fingerprint"),
    Field("cert_chain_fps", "fingerprint", _first_id, "a list of digests", pa.list_(TEXT)),
    Field("cert_chain_fuids", "file", _first_id, "a list of ids", pa.list_(TEXT)),
    Field("subject", "certificate_subject", distinguished_name, "text"),
    Field("issuer", "certificate_issuer", distinguished_name, "text"),
)
