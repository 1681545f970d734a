"""Files that were read and do not count yet: many small ones are counted at once, for each time costs."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from tocsin.records import Ingest
from tocsin.store.lake import LakeWriter
from tocsin.telemetry._gauge import HEAD, heads
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

    ``heads`` are the keys of what waits, ``begun`` the ids of the ingests that it goes on from.
    """

    settings: Settings
    waiting: list[tuple[Reading, LakeWriter]] = field(default_factory=list)
    heads: set[str] = field(default_factory=set)
    begun: set[str] = field(default_factory=set)
    results: list[FileResult] = field(default_factory=list)
    since: float = field(default_factory=time.monotonic)

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

    def make_room(self, beginning: bytes, candidates: Sequence[Ingest]) -> bool:
        """Count what waits when content with this beginning may go on from it, or goes on from where it began.

        Only what counts can be gone on from, and only by one. Returns whether anything had to be counted.
        """
        is_met = bool(self.heads.intersection(heads(beginning[:HEAD])) or self.begun & {c.id for c in candidates})
        if is_met:
            self.commit()
        return is_met

    def commit(self) -> None:
        """Make everything count, or nothing. Raises TocsinError when lake or ledger cannot be written."""
        self.results += record(self.settings, self.waiting)
        self.waiting.clear()
        self.heads.clear()
        self.begun.clear()
        self.since = time.monotonic()
