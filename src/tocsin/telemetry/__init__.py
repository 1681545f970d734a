"""Telemetry: readers turn what sensors wrote into rows of the vocabulary, and an ingest puts them into the lake.

A reader is one file in this folder; dropped in, it is found. It has two functions:

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

A reader opens nothing, keeps nothing between two files and never holds a whole file.
"""

from tocsin.telemetry._blocks import Lines, blocks
from tocsin.telemetry._ingest import Progress, ingest
from tocsin.telemetry._pseudonym import subscriber_token
from tocsin.telemetry._rows import Batch, CutOff, Reject, rejected
from tocsin.telemetry._summary import FileResult, State, Summary

__all__ = [
    "Batch",
    "CutOff",
    "FileResult",
    "Lines",
    "Progress",
    "Reject",
    "State",
    "Summary",
    "blocks",
    "ingest",
    "rejected",
    "subscriber_token",
]
