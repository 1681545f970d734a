"""Questions to resolvers made to order."""

import random
from collections.abc import Iterable, Sequence
from typing import Any

from tests.detect.flows import Row, seen
from tocsin.records import Dns

RESOLVER = "203.0.113.53"


def asked(seconds: float, query: str, **changed: Any) -> Row:
    """HOST's question for an address, so many seconds into the day; an answer came."""
    row = seen(Dns, seconds, query=query, query_type="A", response_code="NOERROR", answers=["198.51.100.1"])
    return row | {"responder": RESOLVER, "responder_port": 53} | changed


def failed(seconds: float, query: str, **changed: Any) -> Row:
    """The same, and the name does not exist."""
    return asked(seconds, query, **{"response_code": "NXDOMAIN", "answers": []} | changed)


def generated(count: int, suffixes: Sequence[str] = ("com",), length: int = 12, seed: int = 7) -> list[str]:
    """Domains as a simple generator makes them: letters by chance."""
    chance = random.Random(seed)
    labels = ("".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=length)) for _ in range(count))
    return [f"{label}.{suffixes[place % len(suffixes)]}" for place, label in enumerate(labels)]


def each(names: Iterable[str], apart: float = 5, begin: float = 0, **changed: Any) -> list[Row]:
    """A failed question for each name, so many seconds apart."""
    return [failed(begin + place * apart, name, **changed) for place, name in enumerate(names)]
