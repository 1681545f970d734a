"""Handshakes of TLS: what both say in the clear, up to the server's certificate."""

import warnings
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography import x509

from tocsin.records import Tls
from tocsin.telemetry._packets._fields import Fields, TooShort
from tocsin.telemetry._packets._hellos import Hello, client_hello, ja3, ja4, server_hello, version_name
from tocsin.telemetry._packets._streams import Stream
from tocsin.telemetry._packets._talks import Talk, clean

_HANDSHAKE, _CLIENT, _SERVER, _CERTIFICATE, _DONE = 22, 1, 2, 11, 14
_TLS13 = 0x0304
_LONGEST_RECORD = 18_432
_LONGEST_MESSAGE = 65_536
_LONGEST_NAME = 1024


def begins_tls(payload: bytes) -> bool:
    """Whether a handshake begins here with a client's or a server's hello."""
    return len(payload) > 5 and payload[:2] == b"\x16\x03" and payload[2] <= 4 and payload[5] in (_CLIENT, _SERVER)


@dataclass(slots=True)
class Handshake:
    """Who reads TLS. What the client says and what the server says is put into one row."""

    messages: tuple[bytearray, bytearray]
    client: int | None = None
    time: int | None = None
    hello: Hello | None = None
    chosen: Hello | None = None
    certificate: bytes | None = None
    told: bool = False

    def heard(self, talk: Talk, side: int, time: int) -> bool:
        """Read records of a side until the server has shown its certificate, or will do so in secret."""
        self.time = time if self.time is None else self.time
        try:
            while (record := self._record(talk.streams[side])) is not None:
                self.messages[side].extend(record)
                while (message := _message(self.messages[side])) is not None:
                    if not self._message(talk, side, *message):
                        return False
        except (TooShort, _NoHandshake):
            return False
        return not talk.streams[side].broken and len(self.messages[side]) < _LONGEST_MESSAGE

    def ended(self, talk: Talk) -> None:
        """Tell what was said so far, if both or either said hello."""
        if self.told or not (self.hello or self.chosen):
            return
        self.told = True
        hello, chosen = self.hello, self.chosen
        talk.say(
            Tls,
            talk.initiator if self.client is None else self.client,
            self.time or 0,
            server_name=hello and hello.name,
            version=chosen and version_name(chosen.highest),
            ja3=hello and ja3(hello),
            ja4=hello and ja4(hello),
            **_certificate(self.certificate),
        )

    def _record(self, stream: Stream) -> bytes | None:
        """The next handshake record; None when it is not whole yet."""
        data = stream.data
        if len(data) < 5:
            return None
        length = data[3] << 8 | data[4]
        if data[0] != _HANDSHAKE or length > _LONGEST_RECORD:
            raise _NoHandshake
        if len(data) < 5 + length:
            return None
        record = bytes(data[5 : 5 + length])
        del data[: 5 + length]
        return record

    def _message(self, talk: Talk, side: int, kind: int, body: bytes) -> bool:
        """Heed a message; whether more is wanted."""
        if kind == _CLIENT:
            self.client, self.hello = side, client_hello(body)
            talk.service = "ssl"
        elif kind == _SERVER:
            self.client, self.chosen = 1 - side, server_hello(body)
            talk.service = "ssl"
            return self.chosen.highest < _TLS13
        elif kind == _CERTIFICATE and side != self.client:
            self.certificate = Fields(body).part(3).part(3).data
        return kind not in (_CERTIFICATE, _DONE) or side == self.client


class _NoHandshake(Exception):
    """What comes is no handshake in the clear."""


def _message(data: bytearray) -> tuple[int, bytes] | None:
    """The next message of a handshake; None when it is not whole yet."""
    if len(data) < 4:
        return None
    end = 4 + int.from_bytes(data[1:4], "big")
    if len(data) < end:
        return None
    kind, body = data[0], bytes(data[4:end])
    del data[:end]
    return kind, body


def _certificate(der: bytes | None) -> dict[str, Any]:
    """Digest, subject and issuer; of a certificate that cannot be read the digest alone."""
    said = ("certificate_id", "certificate_sha256", "certificate_subject", "certificate_issuer")
    found: dict[str, Any] = dict.fromkeys(said)
    if not der:
        return found
    found["certificate_sha256"] = sha256(der).hexdigest()
    try:
        # The library warns of serial numbers and names that break rules; such certificates are read all the same.
        with warnings.catch_warnings(action="ignore"):
            read = x509.load_der_x509_certificate(der)
            names = [name.rfc4514_string() for name in (read.subject, read.issuer)]
    except (ValueError, TypeError, x509.InvalidVersion):
        return found
    found["certificate_subject"], found["certificate_issuer"] = (_name(name) for name in names)
    return found


def _name(name: str) -> str | None:
    return clean(name.encode("utf-8", "replace"), _LONGEST_NAME) or None
