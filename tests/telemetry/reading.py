"""Reading without a workspace: what a reader gives for bytes in memory."""

import io
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from tocsin.records import Flow, arrow_schema
from tocsin.telemetry import CutOff, Reject, zeek_conn
from tocsin.telemetry._content import content

SCHEMA = arrow_schema(Flow)


@dataclass
class Outcome:
    """All that came of a file."""

    table: pa.Table
    rejects: list[Reject]
    cut_off: bool

    @property
    def rows(self) -> list[dict[str, Any]]:
        return self.table.to_pylist()

    @property
    def reasons(self) -> dict[int, str]:
        return {reject.line: reject.reason for reject in self.rejects}


def read_conn(data: bytes, sampling: int = 1) -> Outcome:
    """Unpack and read a conn log."""
    tables, rejects, cut_off = [SCHEMA.empty_table()], [], False
    try:
        for part in zeek_conn.read(content(io.BufferedReader(io.BytesIO(data))), "sensor", sampling):
            if isinstance(part, Reject):
                rejects.append(part)
            else:
                assert part.record is Flow
                tables.append(part.rows.cast(SCHEMA))
    except CutOff:
        cut_off = True
    return Outcome(pa.concat_tables(tables), rejects, cut_off)
