"""What logs of names and of leases tell: rows of a table as dictionaries, and samples that real servers wrote."""

from pathlib import Path
from types import ModuleType
from typing import Any

from tests.telemetry.reading import Outcome, read_pieces
from tocsin.records import Dns, Lease, Record

SAMPLES = Path(__file__).parents[1] / "samples"
RESOLVER, LEASE = SAMPLES / "resolver", SAMPLES / "lease"

Row = dict[str, Any]


def rows(outcome: Outcome, record: type[Record]) -> list[Row]:
    """Rows of a table, without the columns that are null and the sensor."""
    table = outcome.tables.get(record)
    found = [] if table is None else table.to_pylist()
    return [{name: value for name, value in row.items() if value is not None and name != "sensor"} for row in found]


def questions(reader: ModuleType, *pieces: bytes) -> tuple[list[Row], Outcome]:
    outcome = read_pieces(reader, pieces)
    return rows(outcome, Dns), outcome


def leases(reader: ModuleType, *pieces: bytes) -> tuple[list[Row], Outcome]:
    outcome = read_pieces(reader, pieces)
    return rows(outcome, Lease), outcome


def brief(lease: Row) -> tuple[Any, ...]:
    """Address, subscriber, and the clock times of beginning and end."""
    until = lease.get("until")
    return lease["address"], lease["subscriber"], f"{lease['time']:%H:%M:%S}", until and f"{until:%H:%M:%S}"
