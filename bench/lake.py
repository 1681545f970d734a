"""Says what a lake of many small files costs, and what looking after it takes.

    python bench/lake.py [--files N] [--rows N]

Made-up flows of one day are written as N files of so many rows, read by DuckDB's own reader and as a PyArrow dataset,
put together, read again, and relieved of one address. Times are medians of five reads.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from pyarrow import fs

from tocsin.records import Flow, arrow_schema
from tocsin.store.compaction import compact
from tocsin.store.engine import open_engine
from tocsin.store.erasure import erase_address
from tocsin.store.lake import LakeWriter, lake_files
from tocsin.store.ledger import Ledger, add, open_ledger
from tocsin.store.place import Remote
from tocsin.workspace import Workspace, create_workspace

DAY = np.datetime64("2026-01-05T00:00:00", "us")
SPAN = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 6, tzinfo=UTC)
HOST = "192.0.1.7"
SCHEMA = arrow_schema(Flow)


def flows(random: np.random.Generator, rows: int) -> pa.Table:
    """Flows of 4,096 hosts with 20,000 servers, in the order of time."""
    hosts, servers = addresses("192.0", 4096), addresses("198.51", 20_000)
    counted = [name for name in SCHEMA.names if name.endswith(("packets", "bytes"))]
    columns: dict[str, Any] = {
        **dict.fromkeys(("sensor", "protocol"), ["tcp"] * rows),
        "time": np.sort(DAY + random.integers(0, 86_400 * 10**6, rows)),
        "initiator": np.array(hosts)[random.integers(0, len(hosts), rows)],
        "initiator_port": random.integers(1024, 65_536, rows),
        "responder": np.array(servers)[random.integers(0, len(servers), rows)],
        "responder_port": random.choice([22, 53, 80, 443], rows),
        "uid": [f"C{n:016x}" for n in random.integers(0, 1 << 62, rows)],
        "duration_us": random.integers(0, 10**8, rows),
        "sampling": np.ones(rows, np.int64),
        **{name: random.integers(0, 100_000, rows) for name in counted},
    }
    filled = {name: columns.get(name, [None] * rows) for name in SCHEMA.names}
    return pa.Table.from_pydict(filled, SCHEMA)


def addresses(net: str, count: int) -> list[str]:
    """Addresses that begin alike."""
    return [f"{net}.{n >> 8}.{n & 255}" for n in range(count)]


def summary(table: ir.Table) -> ir.Table:
    """What most detectors begin with."""
    hours = table.group_by("initiator", "responder", "responder_port", hour=table.time.truncate("h"))
    pairs = hours.agg(flows=table.count(), bytes=table.initiator_bytes.sum())
    return pairs.agg(pairs=pairs.count())


def one_host(table: ir.Table) -> ir.Table:
    """What a picture of a case begins with."""
    own = table.filter(table.initiator == HOST)
    return own.agg(flows=own.count())


def timed(files: Sequence[Path | Remote], query: Callable[[ir.Table], ir.Table]) -> float:
    """Seconds of a query over files."""
    seconds = []
    for _ in range(5):
        with open_engine() as engine:
            start = time.perf_counter()
            engine.rows(query(engine.table(Flow, files)))
            seconds.append(time.perf_counter() - start)
    return median(seconds)


def told(workspace: Workspace, ledger: Ledger) -> str:
    """How long both readers take, for both queries."""
    with ledger.look() as connection:
        files = lake_files(connection, Path(workspace.lake), Flow)
    as_dataset = [Remote(fs.LocalFileSystem(), str(file), str(file)) for file in files]
    parts = [
        f"{query.__name__} {timed(files, query):.3f} s, as a dataset {timed(as_dataset, query):.3f} s"
        for query in (summary, one_host)
    ]
    return f"{len(files)} files: {'; '.join(parts)}"


def main(arguments: Sequence[str]) -> None:
    """Make the lake, and print a line for each step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=1000, help="rows of a file")
    options = parser.parse_args(arguments)
    random = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        workspace = create_workspace(Path(folder) / "workspace", "bench")
        with open_ledger(workspace.ledger) as ledger:
            for number in range(options.files):
                with LakeWriter(workspace.lake, f"ingest-{number}") as writer:
                    writer.write(Flow, flows(random, options.rows))
                    files = writer.finish("bench", "TLP:AMBER", "bench")
                with ledger.write() as connection:
                    add(connection, files)
            print(told(workspace, ledger))
            start = time.perf_counter()
            done = compact(workspace, ledger)
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(f"compact: {done.before} to {done.after} in {time.perf_counter() - start:.1f} s, at most {memory} MB")
            print(told(workspace, ledger))
            start = time.perf_counter()
            rows = erase_address(workspace, ledger, HOST, *SPAN).rows
            print(f"erase: {rows} rows in {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
