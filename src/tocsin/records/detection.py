"""What every detector returns; the numbers that decided stand in further columns of its own."""

from dataclasses import dataclass
from datetime import date, datetime

from tocsin.records.kinds import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection(Record):
    """One behaviour of one host towards one peer on one UTC day, as one sensor saw it.

    Columns that may be null may also be left out.

    Attributes:
        sensor: name of the sensor
        kind: what ``host`` is: ``host``, ``sensor`` or ``infrastructure``; null means host
        host: address of the local host; of other kinds what names it: a sensor's name, a prefix
        peer: address of the other side; null when only its name is known
        name: name of the other side; null when only its address is known
        port: port of the other side; null where the protocol has none
        protocol: transport in lower case
        day: UTC day
        first_seen: first evidence, UTC
        last_seen: last evidence, UTC
        score: how strong the evidence is, 0 to 1
    """

    sensor: str
    kind: str | None
    host: str
    peer: str | None
    name: str | None
    port: int | None
    protocol: str
    day: date
    first_seen: datetime
    last_seen: datetime
    score: float
