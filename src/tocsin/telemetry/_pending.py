"""Files that were read and do not count yet: many small ones are counted at once, for each time costs."""

import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from tocsin.records import Ingest
from tocsin.store.lake import LakeWriter
from tocsin.telemetry._gauge import HEAD, heads
from tocsin.telemetry._growth import alike, known_heads
from tocsin.telemetry._record import Reading, record
from tocsin.telemetry._settings import Settings
from tocsin.telemetry._summary import FileResult

# Beyond these nothing is gained by waiting, and the more would be read again after a crash.
MOST_ROWS = 1 << 18
MOST_FILES = 1000
MOST_SECONDS = 10.0


@dataclass(slots=True)
class Pending:
    """Readings and their rows, in the order in which they were read; ``results`` are of those that count.

    ``heads`` are the keys of what waits, ``begun`` the ids of the ingests that it goes on from, ``known`` the keys of
    what counts. Make it only when nobody else reads.
    """

    settings: Settings
    waiting: list[tuple[Reading, LakeWriter]] = field(default_factory=list)
    heads: set[str] = field(default_factory=set)
    begun: set[str] = field(default_factory=set)
    results: list[FileResult] = field(default_factory=list)
    known: set[str] = field(init=False)
    since: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.known = known_heads(self.settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for _, lake in self.waiting:
            lake.__exit__(kind, error, at)

    @property
    def is_full(self) -> bool:
        """Whether what waits should be counted now."""
        rows = sum(reading.rows for reading, _ in self.waiting)
        waited = time.monotonic() - self.since
        return rows >= MOST_ROWS or len(self.waiting) >= MOST_FILES or (bool(self.waiting) and waited > MOST_SECONDS)

    def add(self, reading: Reading, lake: LakeWriter) -> None:
        """One more file."""
        self.waiting.append((reading, lake))
        self.heads.add(reading.gauge.head)
        if reading.start.known:
            self.begun.add(reading.start.known.id)

    def candidates(self, beginning: bytes) -> list[Ingest]:
        """Ingests that content with this beginning may go on from, the shortest first.

        Only what counts can be gone on from, and only by one: what waits is counted first when it may be concerned.
        """
        keys = heads(beginning[:HEAD])
        if not self.heads.isdisjoint(keys):
            self.commit()
        found = [] if self.known.isdisjoint(keys) else alike(self.settings, keys)
        if self.begun.intersection(ingest.id for ingest in found):
            self.commit()
            found = alike(self.settings, keys)
        return found

    def commit(self) -> None:
        """Make everything count, or nothing. Raises TocsinError when lake or ledger cannot be written."""
        self.results += record(self.settings, self.waiting)
        self.waiting.clear()
        self.known |= self.heads
        self.heads.clear()
        self.begun.clear()
        self.since = time.monotonic()
