"""Events of EVE that are one row each: handshakes, requests, mail, sessions, and alerts."""

import base64
import binascii
import hashlib
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.records import Alert, Http, Login, Record, Smtp, Tls
from tocsin.telemetry._batches import batch
from tocsin.telemetry._blocks import Lines
from tocsin.telemetry._columns import Field, replaced
from tocsin.telemetry._eve import ENDS, TIME, of_type, swapped
from tocsin.telemetry._flows import LARGEST_COUNT, count
from tocsin.telemetry._lists import size
from tocsin.telemetry._rows import Batch, Reject
from tocsin.telemetry._texts import distinguished_name, domain, host, method, name, path, software, words
from tocsin.telemetry._values import Values, distinct, integer, short, text, token

_TO_CLIENT = pa.array(["to_client"])
_number = integer(0, 2**32 - 1)


def _certificate(text: str) -> str | None:
    """SHA-256 of a certificate in base64."""
    try:
        return hashlib.sha256(base64.b64decode(text, validate=True)).hexdigest()
    except (binascii.Error, ValueError):
        return None


def _blocked(values: Values) -> Values:
    blocked: Values = pc.equal(values, pa.scalar("blocked"))
    return blocked


EXCHANGES: dict[str, tuple[type[Record], tuple[Field, ...]]] = {
    "tls": (
        Tls,
        (
            Field("tls.sni", "server_name", name, "a name"),
            Field("tls.version", "version", short, "short printable text"),
            Field("tls.ja3.hash", "ja3", token, "a fingerprint"),
            Field("tls.ja4", "ja4", token, "a fingerprint"),
            Field("tls.certificate", "certificate_sha256", distinct(_certificate), "a certificate", lenient=True),
            Field("tls.subject", "certificate_subject", distinguished_name, "text"),
            Field("tls.issuerdn", "certificate_issuer", distinguished_name, "text"),
        ),
    ),
    "http": (
        Http,
        (
            Field("http.http_method", "method", method, "text"),
            Field("http.hostname", "host", host, "a name"),
            Field("http.url", "path", path, "text"),
            Field("http.http_user_agent", "user_agent", software, "text"),
            Field("http.status", "status", integer(0, 999), "a status", lenient=True),
            Field("http.length", "response_bytes", count, "a count", largest=LARGEST_COUNT),
        ),
    ),
    "smtp": (
        Smtp,
        (
            Field("smtp.helo", "helo", words, "text"),
            Field("smtp.mail_from", "sender_domain", domain, "an address of mail", lenient=True),
            Field("smtp.rcpt_to", "recipients", size, "a list"),
        ),
    ),
    "ssh": (Login, (Field("ssh.client.software_version", "client_software", words, "text"),)),
    "alert": (
        Alert,
        (
            Field("direction", "direction", text, "text"),
            Field("alert.signature", "signature", words, "text"),
            Field("alert.signature_id", "signature_id", _number, "a number"),
            Field("alert.category", "category", words, "text"),
            Field("alert.severity", "severity", _number, "a number"),
            Field("alert.action", "blocked", _blocked, "text"),
        ),
    ),
}


def exchanges(lines: Lines, rows: pa.Table, sensor: str) -> Iterator[Batch | Reject]:
    """What is said of each exchange among some events, and the lines that are wrong."""
    # What Suricata says of a packet that it could not take apart has no addresses.
    addressless = pc.and_(pc.equal(rows["event_type"], pa.scalar("alert")), pc.is_null(rows["src_ip"]))
    heeded = pc.if_else(addressless, pa.scalar("other"), rows["event_type"])
    rows = replaced(rows, "event_type", heeded)
    for event_type, (record, fields) in EXCHANGES.items():
        for part in of_type(lines, rows, event_type, (TIME, *ENDS, *fields)):
            yield part if isinstance(part, Reject) else batch(record, _complete(event_type, part[1]), sensor)


def _complete(event_type: str, rows: pa.Table) -> pa.Table:
    if event_type == "ssh":
        return rows.append_column("service", pa.repeat("ssh", rows.num_rows))
    if event_type == "alert":
        rows = replaced(rows, "signature", rows["signature"].fill_null(pa.scalar("")))
        return swapped(rows, pc.is_in(rows["direction"], _TO_CLIENT))
    return rows
