"""What holds for all files of an ingest."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from tocsin.parties.directory import Directory
from tocsin.store.ledger import Ledger
from tocsin.telemetry._gauge import Gauge
from tocsin.workspace import Workspace

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Place:
    """How far a plain file was read, kept in memory so that its beginning need not be read again to go on.

    ``edge`` are the last bytes before that place: with the first ones, they tell the same file from another one.
    """

    identity: str
    ingest: str
    gauge: Gauge
    edge: bytes


@dataclass(frozen=True, slots=True)
class Settings:
    """Where rows go, what saw them, and which reader is to read them (``auto``: the one that knows them).

    ``latest`` is the last moment that a row may claim, UTC. ``is_live`` says that other programs write to these files:
    one that cannot be read in parts then has to have been left alone for a while.
    """

    workspace: Workspace
    ledger: Ledger
    sensor: str
    sampling: int
    networks: tuple[str, ...]
    format: str
    directory: Callable[[date], Directory]
    latest: datetime
    is_live: bool = False
    places: dict[str, Place] = field(default_factory=dict)
