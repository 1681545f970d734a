"""Questions to resolvers made to order."""

import random
from collections.abc import Iterable, Sequence
from typing import Any

from tests.detect.flows import Detect, Row, seen
from tocsin.records import Dns

RESOLVER = "203.0.113.53"
REPORTED = 0.7


def asked(seconds: float, query: str, **changed: Any) -> Row:
    """HOST's question for an address, so many seconds into the day; an answer came."""
    row = seen(Dns, seconds, query=query, query_type="A", response_code="NOERROR", answers=["198.51.100.1"])
    return row | {"responder": RESOLVER, "responder_port": 53} | changed


def failed(seconds: float, query: str, **changed: Any) -> Row:
    """The same, and the name does not exist."""
    return asked(seconds, query, **{"response_code": "NXDOMAIN", "answers": []} | changed)


def generated(count: int, suffixes: Sequence[str] = ("com",), length: int = 12, seed: int = 7) -> list[str]:
    """Domains as a simple generator makes them: letters by chance, and such that nobody takes them for a word."""
    chance = random.Random(seed)
    labels = ("".join(chance.choices("qxzjkvwbghpf", k=length)) for _ in range(count))
    return [f"{label}.{suffixes[place % len(suffixes)]}" for place, label in enumerate(labels)]


def each(names: Iterable[str], apart: float = 5, begin: float = 0, **changed: Any) -> list[Row]:
    """A failed question for each name, so many seconds apart."""
    return [failed(begin + place * apart, name, **changed) for place, name in enumerate(names)]


def reported(detect: Detect, detector: str, rows: Sequence[Row], **thresholds: Any) -> list[Row]:
    """What the detector finds, without what is too weak to be reported."""
    return [row for row in detect(detector, [], dns=rows, **thresholds) if row["score"] >= REPORTED]


def scores(detect: Detect, detector: str, *cases: Sequence[Row], **thresholds: Any) -> list[float]:
    """What the detector gives each case, 0 where nothing is reported.

    Every case is a sensor of its own, so that one run does.
    """
    rows = [row | {"sensor": f"case {place}"} for place, case in enumerate(cases) for row in case]
    found = {row["sensor"]: row["score"] for row in reported(detect, detector, rows, **thresholds)}
    return [found.get(f"case {place}", 0) for place in range(len(cases))]
