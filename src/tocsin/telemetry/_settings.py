"""What holds for all files of an ingest."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from tocsin.parties.directory import Directory
from tocsin.store.ledger import Ledger
from tocsin.workspace import Workspace

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where rows go, what saw them, and which reader is to read them (``auto``: the one that knows them)."""

    workspace: Workspace
    ledger: Ledger
    sensor: str
    sampling: int
    networks: tuple[str, ...]
    format: str
    directory: Callable[[date], Directory]
