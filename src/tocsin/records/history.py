"""What is kept of a day for looking back: sums, made by detection from telemetry, that outlive it in the lake."""

from dataclasses import dataclass
from datetime import datetime

from tocsin.records.kinds import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class PairDay(Record):
    """What a local host had to do with one outside address, port and protocol on one UTC day.

    Of a host with very many such pairs only the busiest are kept.

    Attributes:
        sensor: name of the sensor
        time: first contact, UTC
        last: last contact, UTC
        host: address of the local host
        peer: address of the other side
        port: port of the other side; null where the protocol has none
        protocol: transport in lower case
        flows: contacts
        answered: contacts that were answered
        unanswered: contacts that were not; where the source does not say, a contact is in neither
        host_bytes: bytes that the host sent, as far as they are known
        peer_bytes: bytes that came back, as far as they are known
        hours: hours of the day in which there was a contact
        contacts: times of the contacts in microseconds since 1970, where there were 2 to 48; empty otherwise
    """

    sensor: str
    time: datetime
    last: datetime
    host: str
    peer: str
    port: int | None
    protocol: str
    flows: int
    answered: int
    unanswered: int
    host_bytes: int
    peer_bytes: int
    hours: int
    contacts: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class NameDay(Record):
    """That a local host asked for a name, or called one over TLS or HTTP, on one UTC day.

    Of a host with very many names only those that it used most are kept.

    Attributes:
        sensor: name of the sensor
        time: first use, UTC
        last: last use, UTC
        host: address of the local host
        name: the name, lower case
        uses: questions, handshakes and requests
        hours: hours of the day in which there was one
    """

    sensor: str
    time: datetime
    last: datetime
    host: str
    name: str
    uses: int
    hours: int
