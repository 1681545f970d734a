"""Certificates from Zeek: ``x509.log``, tab-separated or JSON.

Reads: ``x509.log`` of Zeek and Bro, plain or compressed, the columns in any order and others among them.

Gives: certificates, by which handshakes that only name one get its subject, issuer and SHA-256, whichever of the two
logs is read first. Zeek 5 and later names a certificate by its ``fingerprint``, older ones by the ``id`` of the file.

Leaves out: keys, serial numbers, alternative names. Zeek writes a certificate again after a day, so
that the logs of a day and of the day before explain its handshakes; without them these keep the fingerprint alone.

Learn more: https://docs.zeek.org/en/current/logs/x509.html
"""

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.records import Certificate
from tocsin.telemetry._batches import batch
from tocsin.telemetry._columns import Field
from tocsin.telemetry._rows import Batch, Reject
from tocsin.telemetry._texts import distinguished_name, sha256
from tocsin.telemetry._values import NUMBER, instant, once, short
from tocsin.telemetry._zeek import is_log, read_exchanges
from tocsin.telemetry._zeek_header import header

__all__ = ["header", "read", "recognise"]


def recognise(head: bytes) -> bool:
    """Whether this is an x509 log: its header or ``_path`` says so, or it has a certificate's columns."""
    return is_log(head, "x509", ("ts", "certificate.serial", "certificate.not_valid_after"))


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:  # noqa: ARG001  (nothing to scale)
    """Certificates, and lines that are none."""

    def certificates(rows: pa.Table) -> Iterator[Batch]:
        known = pc.coalesce(rows["fingerprint"], rows["file"])
        yield batch(Certificate, rows.append_column("certificate_id", known), sensor)

    return read_exchanges(content, "x509", FIELDS, certificates)


FIELDS = (
    Field("ts", "time", instant, "a time", NUMBER, required=True),
    Field("fingerprint", "fingerprint", once(short), "short printable text"),
    Field("fingerprint", "sha256", sha256, "a digest", lenient=True),
    Field("id", "file", short, "short printable text"),
    Field("certificate.subject", "subject", distinguished_name, "text"),
    Field("certificate.issuer", "issuer", distinguished_name, "text"),
    Field("certificate.not_valid_before", "valid_from", instant, "a time", NUMBER, lenient=True),
    Field("certificate.not_valid_after", "valid_until", instant, "a time", NUMBER, lenient=True),
)
