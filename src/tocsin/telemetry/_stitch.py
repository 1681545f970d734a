"""Uniflows become flows: the two directions of an exchange one row, and where the other is missing, what that means.

Records wait until what was exported a minute later has come, in bounded memory. A record whose answer is not there says
"nothing came back" (0) only where that is sure: the source looked at every packet, shows that it records both
directions, and the record lies well within what was recorded. Everywhere else nobody knows, and it is null.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from tocsin.telemetry._exchange import exchanges
from tocsin.telemetry._flows import flow_batch
from tocsin.telemetry._pairing import ACK, TCP, pairs
from tocsin.telemetry._rows import Batch, CutOff, Reject
from tocsin.telemetry._uniflow import UNKNOWN, Flags, Integers, Uniflows, checked, together

# Devices export an exchange 15 to 60 seconds after its last packet, each direction at its own time.
BORDER_US = 60_000_000
# Rows are paired when so many have come, or as many as wait already; more than the most do not wait.
WINDOW_ROWS, MOST_WAITING = 1 << 18, 1 << 19
# Whoever sends an ACK has received something. When so many of such records have their answer beside them, in percent,
# the source records both directions; lost exports and routes that differ by direction take the rest.
ANSWERED_MIN_PERCENT = 80
# Where no TCP flags are exported, unanswered scans count too, so half is asked for.
ANSWERED_MIN_PERCENT_WITHOUT_FLAGS = 50
# Of fewer records nothing is concluded.
JUDGED_MIN = 10


@dataclass(slots=True)
class _Window:
    """What waits, and what the file has shown so far. Clocks are the latest end of any record up to each."""

    every_packet: bool
    waiting: list[tuple[Uniflows, Integers]] = field(default_factory=list)
    rows: int = 0
    held: int = 0
    first: int | None = None
    now: int = 0
    answering: int = 0
    answered: int = 0
    records: int = 0
    paired: int = 0


def stitched(
    parts: Iterable[Uniflows | Reject], sensor: str, sampling: int, *, every_packet: bool = True
) -> Iterator[Batch | Reject]:
    """Flows of a sensor from the records of a file, and what is wrong with some; ``sampling`` where they do not say.

    Without ``every_packet``, packets and records may be missing even where no sampling is stated. Lets CutOff pass,
    after all that had come before it was given.
    """
    window, cut = _Window(every_packet), None
    try:
        for part in parts:
            if isinstance(part, Reject):
                yield part
                continue
            rows, rejects = checked(part, sampling)
            yield from rejects
            _add(window, rows)
            if window.rows >= max(WINDOW_ROWS, 2 * window.held):
                yield from _flows(window, sensor, sampling, last=False)
    except CutOff as end:
        cut = end
    if window.rows:
        yield from _flows(window, sensor, sampling, last=True)
    if cut is not None:
        raise cut


def _add(window: _Window, rows: Uniflows) -> None:
    if not len(rows):
        return
    clock = np.maximum.accumulate(np.maximum(rows["end"], rows["start"]))
    clock = np.maximum(clock, window.now)
    if window.first is None:
        window.first = int(clock[0])
    window.now = int(clock[-1])
    window.waiting.append((rows, clock))
    window.rows += len(rows)


def _flows(window: _Window, sensor: str, sampling: int, last: bool) -> Iterator[Batch]:
    """Pair what waits, and give what need not wait any longer; with ``last``, all."""
    rows = together([rows for rows, _ in window.waiting])
    clock = np.concatenate([clock for _, clock in window.waiting])
    began, answers = pairs(rows)
    alone = np.ones(len(rows), np.bool_)
    alone[began] = alone[answers] = False
    inner = clock - (window.first or 0) >= BORDER_US
    done = clock <= window.now - BORDER_US
    _count(window, rows, alone, inner & done)
    if not last:
        held = np.flatnonzero(alone & ~done & (rows["whole"] != 1))
        held = held[-MOST_WAITING:]
        alone[held] = False
        window.waiting = [(rows.take(held), clock[held])]
        window.rows = window.held = len(held)
    lone = np.flatnonzero(alone)
    silent = (inner & done)[lone] & _every_packet(rows, lone, sampling) & _both_directions(window)
    table = exchanges(rows, began, answers, lone, silent, sampling)
    if table.num_rows:
        yield flow_batch(table, sensor, sampling)


def _count(window: _Window, rows: Uniflows, alone: Flags, judged: Flags) -> None:
    """Remember how many records have their answer. Those at the file's borders are left out."""
    judged = judged & (rows["whole"] != 1)
    answering = judged & (rows["protocol"] == TCP) & (rows["flags"] != UNKNOWN) & (rows["flags"] & ACK != 0)
    window.answering += int(answering.sum())
    window.answered += int((answering & ~alone).sum())
    window.records += int(judged.sum())
    window.paired += int((judged & ~alone).sum())


def _both_directions(window: _Window) -> bool:
    """Whether the file shows that it has both directions of all that it records."""
    if not window.every_packet:
        return False
    if window.answering >= JUDGED_MIN:
        return window.answered * 100 >= window.answering * ANSWERED_MIN_PERCENT
    enough = window.records >= JUDGED_MIN
    return enough and window.paired * 100 >= window.records * ANSWERED_MIN_PERCENT_WITHOUT_FLAGS


def _every_packet(rows: Uniflows, which: Integers, sampling: int) -> Flags:
    stated = rows["sampling"][which]
    every: Flags = np.where(stated == UNKNOWN, sampling, stated) == 1
    return every
