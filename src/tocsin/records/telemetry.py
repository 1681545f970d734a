"""Telemetry: what sensors saw. These tables lie in the lake, one folder each, partitioned by UTC day.

Directions follow RFC 5103 (biflow): the *initiator* opened the exchange, the *responder* was addressed. Addresses
are text in the form of RFC 5952. Null means that the source does not say; it never means zero.
"""

from dataclasses import dataclass
from datetime import datetime

from tocsin.records.kinds import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Telemetry(Record):
    """What all telemetry has.

    Attributes:
        sensor: name of the sensor that saw it
        time: when it began, UTC, microseconds
        initiator: address of the side that began the exchange
        initiator_port: its port (for ICMP: the type), null where the protocol has none
        responder: address of the side that was addressed; null where a server's log does not name the server
        responder_port: its port (for ICMP: the code), null where the protocol has none
        uid: the source's own name for the exchange, to find it again there
    """

    sensor: str
    time: datetime
    initiator: str
    initiator_port: int | None
    responder: str | None
    responder_port: int | None
    uid: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow(Telemetry):
    """One connection or flow.

    Attributes:
        protocol: transport in lower case: ``tcp``, ``udp``, ``icmp``; else the IP protocol number as text
        service: application protocol that the sensor recognised (Zeek's names: ``dns``, ``http``, ``irc``)
        duration_us: time from the first to the last packet, microseconds
        state: how a connection went, in Zeek's words (``S0`` no answer, ``SF`` complete, ``REJ`` refused)
        initiator_packets: packets from the initiator, scaled up by ``sampling`` where the source was sampled
        initiator_bytes: IP bytes with headers from the initiator, scaled likewise
        responder_packets: packets from the responder, scaled likewise
        responder_bytes: IP bytes with headers from the responder, scaled likewise
        sampling: 1 in how many packets the sensor looked at; 1 is every packet
    """

    responder: str
    protocol: str
    service: str | None
    duration_us: int | None
    state: str | None
    initiator_packets: int | None
    initiator_bytes: int | None
    responder_packets: int | None
    responder_bytes: int | None
    sampling: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dns(Telemetry):
    """One question to a resolver and its answer.

    Attributes:
        query: name that was asked for, lower case, without the final dot
        query_type: ``A``, ``AAAA``, ``TXT`` and so on
        response_code: ``NOERROR``, ``NXDOMAIN`` and so on; null when no answer was seen
        answers: addresses and names of the answer
        ttl_seconds: smallest time to live in the answer, seconds
    """

    query: str
    query_type: str | None
    response_code: str | None
    answers: list[str]
    ttl_seconds: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls(Telemetry):
    """One TLS handshake.

    Attributes:
        server_name: name in the client's SNI, lower case
        version: protocol version as the source writes it
        ja3: JA3 fingerprint of the client, MD5 in hex
        ja4: JA4 fingerprint of the client
        certificate_id: the source's own name for the server's certificate, by which ``certificate`` explains it
        certificate_sha256: SHA-256 of the server's certificate, hex
        certificate_subject: subject of that certificate
        certificate_issuer: issuer of that certificate
    """

    server_name: str | None
    version: str | None
    ja3: str | None
    ja4: str | None
    certificate_id: str | None
    certificate_sha256: str | None
    certificate_subject: str | None
    certificate_issuer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Http(Telemetry):
    """One HTTP request and its answer.

    Attributes:
        method: ``GET``, ``POST`` and so on
        host: name in the Host header, lower case
        path: path and query of the request
        user_agent: the client's User-Agent header
        status: status code of the answer
        request_bytes: bytes of the request's body
        response_bytes: bytes of the answer's body
    """

    method: str | None
    host: str | None
    path: str | None
    user_agent: str | None
    status: int | None
    request_bytes: int | None
    response_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Login(Telemetry):
    """One attempt to log in, or one session in which attempts were made.

    Attributes:
        service: ``ssh``, ``telnet``, ``http`` and so on
        success: whether it succeeded; null when the sensor cannot tell
        attempts: attempts within the session
        client_software: what the initiator calls itself
    """

    service: str
    success: bool | None
    attempts: int | None
    client_software: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Smtp(Telemetry):
    """One mail handed over. Neither subject nor body is kept.

    Attributes:
        helo: name that the client gave
        sender_domain: domain of the envelope's sender, lower case
        recipients: number of envelope recipients
        reply: the server's last reply
    """

    helo: str | None
    sender_domain: str | None
    recipients: int | None
    reply: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert(Telemetry):
    """What an intrusion detection system says of an exchange. It is evidence beside findings, never one by itself.

    Attributes:
        signature: text of the signature that matched
        signature_id: number of that signature, by which its author knows it
        category: kind of event, in the system's words
        severity: in the system's own scale; Suricata: 1 is the gravest
        blocked: whether the system kept the traffic from passing
    """

    signature: str
    signature_id: int | None
    category: str | None
    severity: int | None
    blocked: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Label(Telemetry):
    """What somebody who knows says of an exchange. Kept aside for evaluation: no detector ever sees it.

    Attributes:
        label: the word for it, such as ``Malicious`` or ``Benign``
        detail: what else is said, such as ``C&C``; null when nothing is
    """

    label: str
    detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFlow(Flow):
    """A connection that was still open when it was looked at. A later look, or its end, says the same and more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTls(Tls):
    """A TLS handshake of a connection that was still open when it was looked at; it may stand in ``tls`` as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenHttp(Http):
    """An HTTP request of a connection that was still open when it was looked at; it may stand in ``http`` as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate(Record):
    """A certificate that a server or client showed. Where a source keeps it apart, it explains handshakes.

    Attributes:
        sensor: name of the sensor that saw it
        time: when it was seen, UTC, microseconds
        certificate_id: the source's own name for it, as in ``tls``
        sha256: SHA-256 of the certificate, hex
        subject: whom it is about
        issuer: who signed it
        valid_from: beginning of its validity, UTC
        valid_until: end of its validity, UTC
    """

    sensor: str
    time: datetime
    certificate_id: str | None
    sha256: str | None
    subject: str | None
    issuer: str | None
    valid_from: datetime | None
    valid_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease(Record):
    """Who held an address, or a block of its ports, and from when to when.

    Attributes:
        sensor: name of the server whose log it is
        address: address that was leased, or prefix of IPv6 (``2001:db8:1100::/56``) that was delegated
        port_low: first port of the block; null when the whole address was leased
        port_high: last port of the block; null when the whole address was leased
        subscriber: keyed pseudonym of the subscriber, never a name or an account
        time: start of the lease, UTC, microseconds
        until: its end, UTC, microseconds; null when still open
    """

    sensor: str
    address: str
    port_low: int | None
    port_high: int | None
    subscriber: str
    time: datetime
    until: datetime | None
