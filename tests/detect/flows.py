"""Telemetry made to order."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tocsin.records import Telemetry, columns

HOST, PEER = "192.0.2.10", "198.51.100.7"
DAY = datetime(2026, 3, 1)

Row = dict[str, Any]
Detect = Callable[..., list[Row]]


def flow(seconds: float, **changed: Any) -> Row:
    """A flow of HOST to PEER that begins so many seconds into DAY: one small answered TCP connection."""
    row: Row = {
        "sensor": "edge",
        "time": DAY + timedelta(seconds=seconds),
        "initiator": HOST,
        "initiator_port": 40000,
        "responder": PEER,
        "responder_port": 4444,
        "uid": None,
        "protocol": "tcp",
        "service": None,
        "duration_us": 500_000,
        "state": None,
        "initiator_packets": 4,
        "initiator_bytes": 240,
        "responder_packets": 4,
        "responder_bytes": 240,
        "sampling": 1,
    }
    return row | changed


def unanswered(seconds: float, **changed: Any) -> Row:
    """The same, and nothing came back."""
    silent = {"responder_packets": 0, "responder_bytes": 0, "initiator_packets": 2, "initiator_bytes": 120}
    return flow(seconds, **silent | changed)


def seen(record: type[Telemetry], seconds: float, **values: Any) -> Row:
    """A row of any table that begins so many seconds into DAY, from HOST; what is not given is not known."""
    row: Row = {column.name: None for column in columns(record)}
    return row | {"sensor": "edge", "time": DAY + timedelta(seconds=seconds), "initiator": HOST} | values
