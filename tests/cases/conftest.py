"""Findings made to order."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tocsin.records import Finding, Subject, record_id

Made = Callable[..., Finding]


@pytest.fixture
def finding() -> Made:
    """A finding of a behaviour of a host on a day of December 2018."""

    def made(host: str = "192.168.1.195", behaviour: str = "c2_beacon", day: int = 21, **changed: Any) -> Finding:
        seen = datetime(2018, 12, day, 12, tzinfo=UTC)
        values: dict[str, Any] = {
            "party": "example-provider",
            "marking": "TLP:AMBER",
            "source": "test",
            "id": record_id("finding", host, behaviour, str(day)),
            "subject": Subject(kind="host", value=host),
            "host": host,
            "behaviour": behaviour,
            "technique": None,
            "day": seen.date(),
            "score": 0.9,
            "confidence": 90,
            "first_seen": seen,
            "last_seen": seen.replace(hour=13),
            "peers": [],
            "evidence": [],
            "explanation": "It calls.",
            "detector": "test",
            "suppressed_by": None,
        }
        return Finding(**values | changed)

    return made
