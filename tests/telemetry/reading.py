"""Reading without a workspace: what a reader gives for bytes in memory."""

import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pyarrow as pa

from tocsin.records import Flow, Record, arrow_schema
from tocsin.telemetry import CutOff, Reject, zeek_conn
from tocsin.telemetry._content import content

SCHEMA = arrow_schema(Flow)


@dataclass
class Outcome:
    """All that came of a file. ``table`` and ``rows`` are its flows."""

    tables: dict[type[Record], pa.Table]
    rejects: list[Reject]
    cut_off: bool

    @property
    def table(self) -> pa.Table:
        return self.tables.get(Flow, SCHEMA.empty_table())

    @property
    def rows(self) -> list[dict[str, Any]]:
        return self.table.to_pylist()

    @property
    def reasons(self) -> dict[int, str]:
        return {reject.line: reject.reason for reject in self.rejects}


def read_pieces(reader: ModuleType, pieces: Iterable[bytes], sampling: int = 1) -> Outcome:
    """Read content that is not compressed."""
    parts: dict[type[Record], list[pa.Table]] = defaultdict(list)
    rejects, cut_off = [], False
    try:
        for part in reader.read(iter(pieces), "sensor", sampling):
            if isinstance(part, Reject):
                rejects.append(part)
            else:
                parts[part.record].append(part.rows.cast(arrow_schema(part.record)))
    except CutOff:
        cut_off = True
    return Outcome({record: pa.concat_tables(tables) for record, tables in parts.items()}, rejects, cut_off)


def read_file(reader: ModuleType, data: bytes, sampling: int = 1) -> Outcome:
    """Unpack and read the bytes of a file."""
    return read_pieces(reader, content(io.BufferedReader(io.BytesIO(data))), sampling)


def read_conn(data: bytes, sampling: int = 1) -> Outcome:
    """Unpack and read a conn log."""
    return read_file(zeek_conn, data, sampling)
