"""Telemetry: readers turn what sensors wrote into rows of the vocabulary, and an ingest puts them into the lake.

A reader is one file in this folder; dropped in, it is found. It has two functions, and a third where its files grow:

``recognise(head: bytes) -> bool``
    Whether content that begins like this is the reader's. ``head`` is the unpacked beginning, whole when the file is
    shorter than 64 KiB. Every reader is asked; names and endings of files play no part.

``read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]``
    Rows, and what cannot be read. ``content`` is the unpacked file in pieces of a few megabytes; ``blocks`` cuts them
    at the ends of lines. A ``Batch`` has all columns of its record, in any order. A row that is wrong becomes a
    ``Reject`` and spoils no other. ``CutOff`` rises out of ``content`` when the end of the file is missing, after all
    that is there was given; a reader lets it pass. ``Unreadable`` gives the whole file up, and nothing of it is kept.

``sampling`` is what the user says: 1 in how many packets the sensor looked at. What the source states itself goes
before it, row by row. A source that records the two directions of an exchange apart gives them to ``stitched``, which
makes one row of both and says of a missing answer only what is known.

A reader of leases gives plain identifiers as subscribers, and says ``PERSONAL = True``: the ingest puts pseudonyms in
their place and keeps nothing of a line that is rejected but its form.

``header(above: bytes, lines: bytes) -> bytes``
    The lines that must stand above whatever follows ``lines``, when ``above`` had to stand above these. A reader that
    has it takes files of lines, each of which says all that its row needs, together with the header. Such a file is
    read up to its last whole line while it grows; each part is given to ``read`` as if it were a file of its own.
    ``no_header`` and ``first_line`` serve most. A reader without it, or one that joins lines which stand far apart, is
    given whole files only: those that nobody has written to for a minute, where somebody may (``tocsin watch``).

A reader opens nothing, keeps nothing between two files and never holds a whole file.
"""

from tocsin.telemetry._blocks import Lines, blocks
from tocsin.telemetry._header import first_line, no_header
from tocsin.telemetry._ingest import Progress, checked, ingest
from tocsin.telemetry._pseudonym import subscriber_token
from tocsin.telemetry._rows import Batch, CutOff, Reject, rejected
from tocsin.telemetry._sensors import Sensor, sensors
from tocsin.telemetry._summary import FileResult, State, Summary
from tocsin.telemetry._watch import Round, Silence, Stopped, Watch, look, rounds

__all__ = [
    "Batch",
    "CutOff",
    "FileResult",
    "Lines",
    "Progress",
    "Reject",
    "Round",
    "Sensor",
    "Silence",
    "State",
    "Stopped",
    "Summary",
    "Watch",
    "blocks",
    "checked",
    "first_line",
    "ingest",
    "look",
    "no_header",
    "rejected",
    "rounds",
    "sensors",
    "subscriber_token",
]
