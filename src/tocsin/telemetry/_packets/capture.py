"""A capture becomes rows: frames, headers, flows, and what was said in them."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa

from tocsin.errors import Unreadable
from tocsin.records import Record, arrow_schema
from tocsin.telemetry._flows import flow_batch
from tocsin.telemetry._packets._classic import MAGIC, classic_frames
from tocsin.telemetry._packets._conversations import Conversations, worth_watching
from tocsin.telemetry._packets._exchanges import Exchanges, Flows, flows_of
from tocsin.telemetry._packets._flow_rows import flow_rows
from tocsin.telemetry._packets._frames import Frames
from tocsin.telemetry._packets._layers import dissect, rejects
from tocsin.telemetry._packets._pcapng import SECTION, pcapng_frames
from tocsin.telemetry._packets._transport import Fragments, segments
from tocsin.telemetry._rows import Batch, CutOff, Reject


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:
    """Rows of a capture, as the reader gives them. Raises CutOff and Unreadable as readers do."""
    reading = _Reading(sensor, sampling)
    end: CutOff | None = None
    try:
        for part in _frames(content):
            if isinstance(part, Reject):
                yield part
            else:
                yield from reading.take(part)
    except CutOff as cut:
        end = cut
    yield from reading.close()
    if end is not None:
        raise end


def _frames(content: Iterable[bytes]) -> Iterator[Frames | Reject]:
    pieces = iter(content)
    first = next(pieces, b"")
    if first[:4] in MAGIC:
        return classic_frames(chain([first], pieces))
    if first[:4] == SECTION:
        return pcapng_frames(chain([first], pieces))
    raise Unreadable("it is neither pcap nor pcapng")


class _Reading:
    """What a capture has told so far."""

    def __init__(self, sensor: str, sampling: int) -> None:
        self.sensor, self.sampling = sensor, sampling
        self.fragments, self.exchanges, self.conversations = Fragments(), Exchanges(), Conversations()

    def take(self, frames: Frames) -> Iterator[Batch | Reject]:
        """Read packets; gives those that cannot be read, and what has ended with them."""
        packets = dissect(frames)
        found = segments(packets, self.fragments)
        yield from rejects(packets)
        arrived = flows_of(packets, found, worth_watching(packets, found))
        if not len(arrived):
            return
        ended, flows = self.exchanges.add(arrived)
        self.exchanges.ignore(self.conversations.hear(packets, found, arrived, flows))
        # A clock that is wrong for some packets must not end all flows.
        now = int(np.median(frames.time[found.rows]))
        yield from self._told(np.concatenate([ended, self.exchanges.expire(now)]))
        self.conversations.expire(now)
        yield from self._said()

    def close(self) -> Iterator[Batch]:
        """All that is left."""
        yield from self._told(self.exchanges.close())
        self.conversations.questions.close()
        yield from self._said()

    def _told(self, flows: Flows) -> Iterator[Batch]:
        if len(flows):
            services = self.conversations.close(flows)
            yield flow_batch(flow_rows(flows, services), self.sensor, self.sampling)

    def _said(self) -> Iterator[Batch]:
        for record, rows in self.conversations.fetch():
            yield _batch(record, rows, self.sensor)


def _batch(record: type[Record], rows: list[dict[str, Any]], sensor: str) -> Batch:
    columns: dict[str, Any] = {}
    for column in arrow_schema(record):
        values: list[Any] = [sensor if column.name == "sensor" else row[column.name] for row in rows]
        is_time = pa.types.is_timestamp(column.type)
        columns[column.name] = (
            pa.array(values, pa.int64()).cast(column.type) if is_time else pa.array(values, column.type)
        )
    return Batch(record, pa.table(columns))
