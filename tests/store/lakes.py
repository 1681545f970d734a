"""Lakes made to order, and what is done to them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tocsin.records import Coverage, Flow, Ingest, LakeFile, Quarantine, Record, arrow_schema
from tocsin.store.compaction import compact
from tocsin.store.erasure import erase_address
from tocsin.store.lake import LakeWriter
from tocsin.store.ledger import Ledger, add, read
from tocsin.store.retention import expire
from tocsin.store.spans import Span
from tocsin.store.undo import undo
from tocsin.workspace import Workspace

KEPT: dict[str, Any] = {"party": "example-provider", "marking": "TLP:AMBER", "source": "test"}
# A week and a day before the tests' clock, so that it is past the time of telemetry; and the day before that clock.
OLD, NEW = date(2018, 12, 14), date(2018, 12, 21)
HOST, OTHER = "192.0.2.10", "192.0.2.11"


def flow(day: date, second: float, initiator: str = HOST, **more: object) -> dict[str, object]:
    time = datetime(day.year, day.month, day.day) + timedelta(seconds=second)
    plain = dict.fromkeys(arrow_schema(Flow).names) | {"sensor": "tap", "protocol": "tcp", "sampling": 1}
    more = {"initiator_port": 40000, "responder_port": 443} | more
    return plain | {"time": time, "initiator": initiator, "responder": "198.51.100.7", "uid": f"C{second}"} | more


def lease(address: str, token: str, since: datetime, until: datetime | None, **ports: int) -> dict[str, object]:
    block = {"port_low": None, "port_high": None} | ports
    return {"sensor": "dhcp", "address": address, "subscriber": token, "time": since, "until": until} | block


def fill(
    workspace: Workspace, ledger: Ledger, name: str, rows: list[dict[str, Any]], record: type[Record] = Flow
) -> None:
    """Put rows into the lake as those of an ingest of that name, which has lines in quarantine as well."""
    with LakeWriter(workspace.lake, name) as writer:
        writer.write(record, pa.Table.from_pylist(rows, schema=arrow_schema(record)))
        files = writer.finish(**KEPT)
    ingest = Ingest(
        id=name,
        path=f"/var/log/{name}",
        digest=name,
        format="zeek_conn",
        sensor="tap",
        rows=len(rows),
        quarantined=1,
        note=None,
        time=datetime(OLD.year, OLD.month, OLD.day, 12, tzinfo=UTC),
        **KEPT,
    )
    covered = [
        Coverage(
            ingest=name,
            sensor="tap",
            network="192.0.2.0/24",
            day=file.day,
            telemetry=file.telemetry,
            first=ingest.time,
            last=ingest.time,
            rows=file.rows,
            sampling=1,
            **KEPT,
        )
        for file in files
    ]
    with ledger.write() as connection:
        add(connection, [ingest, *files, *covered, Quarantine(ingest=name, line=1, reason="no", text="bad", **KEPT)])


def contents(workspace: Workspace, ledger: Ledger, telemetry: str = "flow") -> list[dict[str, Any]]:
    """All rows of a table that count, in the order of time, without the column that compacted files have more."""
    with ledger.look() as connection:
        files = read(connection, LakeFile, telemetry=telemetry)
    rows = []
    for file in files:
        rows += pq.ParquetFile(Path(workspace.lake) / file.path).read().to_pylist()
    for row in rows:
        row.pop("ingest", None)
    return sorted(rows, key=lambda row: (row["time"], str(row)))


def on_disk(workspace: Workspace) -> set[str]:
    lake = Path(workspace.lake)
    return {path.relative_to(lake).as_posix() for path in lake.rglob("*") if path.is_file()}


def listed(ledger: Ledger) -> set[str]:
    with ledger.look() as connection:
        return {file.path for file in read(connection, LakeFile)}


def three_ingests(workspace: Workspace, ledger: Ledger) -> None:
    """Three ingests of the same two days, whose rows are mixed in time."""
    for number, name in enumerate(("one", "two", "three")):
        hosts = (HOST, OTHER)
        rows = [flow(day, second + number / 10, hosts[second % 2]) for day in (OLD, NEW) for second in range(50)]
        fill(workspace, ledger, name, rows)


OPERATIONS: dict[str, Callable[[Workspace, Ledger], object]] = {
    "compact": lambda workspace, ledger: compact(workspace, ledger, timedelta(0)),
    "undo": lambda workspace, ledger: undo(workspace, ledger, "two"),
    "expire": lambda workspace, ledger: expire(workspace, ledger, {OLD: [Span(HOST)]}),
    "erase": lambda workspace, ledger: erase_address(
        workspace, ledger, HOST, datetime(2018, 1, 1, tzinfo=UTC), datetime(2019, 1, 1, tzinfo=UTC)
    ),
}
