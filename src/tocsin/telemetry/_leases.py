"""Leases from what a server writes one after another: given, prolonged, written again, ended.

A server writes the same lease many times. What is said of one address, or one block of its ports, and one subscriber
becomes one row as long as each next saying begins before the last one's end. Another subscriber ends it: nobody has
an address that somebody else was given. What a reader gives as subscriber is a plain identifier; the ingest puts a
pseudonym in its place before anything is kept (``_pseudonym.py``).
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeAlias

import pyarrow as pa

from tocsin.records import Lease, arrow_schema
from tocsin.telemetry._cut import say_cut, until_cut
from tocsin.telemetry._rows import Batch, CutOff, Reject, rejected

BATCH = 50_000
# So many addresses or blocks are watched at once, about 200 MB. A lease that falls out is written, and what is said
# of it later becomes a row of its own; who looks a lease up takes such rows together.
MOST_WATCHED = 1 << 18
# Up to the end of the year 9999, the last that a date can name.
LAST_US = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp()) * 1_000_000

ENDS_EARLY = "it ends before it begins"


class Saying(NamedTuple):
    """One saying about a lease. Times are microseconds; ``until`` is null while nobody knows the end.

    Without a subscriber it says that nobody has the address from then on. ``ends`` is when the server says
    that it is over, however long it was given for; ``line`` and ``text`` are where it stands.
    """

    line: int
    text: bytes
    address: str
    subscriber: str | None
    since: int
    until: int | None
    low: int | None = None
    high: int | None = None
    ends: bool = False


_Key: TypeAlias = tuple[str, int | None, int | None]
# Subscriber, beginning, end, and whether that end is the last word.
_Held: TypeAlias = tuple[str, int, int | None, bool]
_Row: TypeAlias = tuple[Any, ...]


def leases(parts: Iterable[Saying | Reject], sensor: str) -> Iterator[Batch | Reject]:
    """One row for each lease; what is rejected passes through. Raises CutOff as ``parts`` does, after all rows."""
    watched: dict[_Key, _Held] = {}
    rows: list[_Row] = []
    cuts: list[CutOff] = []
    for part in until_cut(parts, cuts):
        if isinstance(part, Reject):
            yield part
        elif part.until is not None and part.until < part.since:
            yield rejected(part.line, ENDS_EARLY, part.text)
        else:
            rows += _heard(watched, part)
        if len(rows) >= BATCH:
            yield _batch(rows, sensor)
            rows = []
    rows += [_row(key, held) for key, held in watched.items()]
    if rows:
        yield _batch(rows, sensor)
    say_cut(cuts)


def _heard(watched: dict[_Key, _Held], said: Saying) -> list[_Row]:
    """Take a saying in; gives the rows that it ends."""
    key = (said.address, said.low, said.high)
    # What was heard of last stands last, so that what stands first is let go first.
    old = watched.pop(key, None)
    if said.subscriber is None:
        return [_row(key, _cut(old, said.since))] if old else []
    new = (said.subscriber, said.since, said.until, said.ends)
    done = []
    if old is None:
        watched[key] = new
    elif old[0] == new[0] and _touches(old, new):
        watched[key] = _prolonged(old, new)
    elif new[1] < old[1]:
        watched[key] = old
        done = [_row(key, _cut(new, old[1]))]
    else:
        watched[key] = new
        done = [_row(key, _cut(old, new[1]) if old[0] != new[0] else old)]
    if len(watched) > MOST_WATCHED:
        oldest = next(iter(watched))
        done.append(_row(oldest, watched.pop(oldest)))
    return done


def _touches(old: _Held, new: _Held) -> bool:
    return (old[2] is None or new[1] <= old[2]) and (new[2] is None or old[1] <= new[2])


def _prolonged(old: _Held, new: _Held) -> _Held:
    """One lease of two sayings. The server's last word holds against all that began before it."""
    since = min(old[1], new[1])
    if new[3] or (old[3] and old[2] is not None and new[1] < old[2]):
        ended = new if new[3] else old
        return old[0], since, ended[2], True
    open_ended = old[2] is None or new[2] is None
    return old[0], since, None if open_ended else max(old[2] or 0, new[2] or 0), False


def _cut(held: _Held, at: int) -> _Held:
    """The lease, over at the latest when the next one begins."""
    subscriber, since, until, ends = held
    return subscriber, since, at if until is None else min(until, max(at, since)), ends


def _row(key: _Key, held: _Held) -> _Row:
    return (*key, *held[:3])


def _batch(rows: list[_Row], sensor: str) -> Batch:
    address, low, high, subscriber, since, until = zip(*rows, strict=True)
    time = pa.timestamp("us")
    found = {
        "sensor": pa.repeat(sensor, len(rows)),
        "address": pa.array(address, pa.string()),
        "port_low": pa.array(low, pa.int64()),
        "port_high": pa.array(high, pa.int64()),
        "subscriber": pa.array(subscriber, pa.string()),
        "time": pa.array(since, pa.int64()).cast(time),
        "until": pa.array(until, pa.int64()).cast(time),
    }
    return Batch(Lease, pa.table({name: found[name] for name in arrow_schema(Lease).names}))
