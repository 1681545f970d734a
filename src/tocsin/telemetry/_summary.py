"""What an ingest did, file by file."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum


class State(Enum):
    """What became of a file."""

    READ = "read"
    ALREADY_READ = "already read"
    WAITING = "still being written"
    PASSED_OVER = "passed over"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileResult:
    """What became of one file.

    ``note`` says why it was not read, or what was wrong with it as a whole; ``first`` and ``last`` are the times of
    its first and last row, UTC; ``ingest`` is the id under which it stands in the ledger. Of a file that has grown,
    numbers and times are those of what came new. ``hint`` is what is odd about it though nothing is wrong; ``left`` are
    the bytes of a last line without an end, which is read once it has one. A file is passed over when it was found in a
    folder and is nothing that a reader knows.
    """

    path: str
    state: State
    note: str | None = None
    hint: str | None = None
    left: int = 0
    ingest: str | None = None
    format: str | None = None
    rows: int = 0
    quarantined: int = 0
    first: datetime | None = None
    last: datetime | None = None
    days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of all files, in the order in which they were read."""

    files: tuple[FileResult, ...]

    @property
    def rows(self) -> int:
        """Rows that were kept."""
        return sum(file.rows for file in self.files)

    @property
    def quarantined(self) -> int:
        """Rows that could not be read."""
        return sum(file.quarantined for file in self.files)

    @property
    def first(self) -> datetime | None:
        """Time of the first row, UTC; None when there is none."""
        return min((file.first for file in self.files if file.first), default=None)

    @property
    def last(self) -> datetime | None:
        """Time of the last row, UTC; None when there is none."""
        return max((file.last for file in self.files if file.last), default=None)

    @property
    def days(self) -> tuple[date, ...]:
        """UTC days of which there are rows."""
        return tuple(sorted({day for file in self.files for day in file.days}))

    @property
    def exit_code(self) -> int:
        """3 when a file was unreadable, 1 when rows were quarantined or a file was not whole, else 0."""
        if any(file.state is State.UNREADABLE for file in self.files):
            return 3
        return int(any(file.state is State.READ and (file.quarantined or file.note) for file in self.files))
