"""Says how fast telemetry is read, and in how much memory: ratios of one run on one machine, on data made here.

    python bench/telemetry.py [--rows N] [--small-files N] [--memory-rows N N] [--only NAME ...] [--json]

What is measured, and against what, stands in bench/README.md. Files of ``bench/telemetry_*.py`` that offer
``measure() -> Iterable[(name, value, unit, goal)]`` are measured too.
"""

import argparse
import importlib.util
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import TypeAlias

import duckdb

from tocsin.store.ledger import open_ledger
from tocsin.telemetry import ingest
from tocsin.workspace import create_workspace

# Name, value, unit, and the goal in words.
Figure: TypeAlias = tuple[str, float, str, str]

REPEATS = 3
SMALL_ROWS = 1000
COLUMNS = (
    *("ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "service", "duration", "orig_bytes"),
    *("resp_bytes", "conn_state", "local_orig", "local_resp", "missed_bytes", "history", "orig_pkts", "orig_ip_bytes"),
    *("resp_pkts", "resp_ip_bytes", "tunnel_parents"),
)
HEADER = (
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"
    "#open\t2026-03-01-00-00-00\n#fields\t" + "\t".join(COLUMNS) + "\n"
)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
DAY, BEGINS = 86_400, 1_772_323_200.0

Row: TypeAlias = tuple[str, ...]


def rows(count: int) -> Iterator[Row]:
    """Made-up connections of one day, in order of time, as texts in the order of ``COLUMNS``."""
    chance = random.Random(1)
    moment = BEGINS
    for _ in range(count):
        moment += chance.random() * 1.8 * DAY / count
        sent, received = chance.randrange(5000), chance.randrange(100_000)
        packets, answers = chance.randrange(1, 50), chance.randrange(100)
        yield (
            f"{moment:.6f}",
            "C" + "".join(chance.choices(LETTERS, k=17)),
            f"192.0.2.{chance.randrange(256)}",
            str(chance.randrange(1024, 65_536)),
            f"198.51.{chance.randrange(256)}.{chance.randrange(256)}",
            str(chance.choice((22, 23, 53, 80, 443))),
            chance.choice(("tcp", "tcp", "udp")),
            chance.choice(("-", "http", "ssl", "dns")),
            f"{chance.random() * 10:.6f}",
            str(sent),
            str(received),
            *("SF", "T", "F", "0", "ShADadfF"),
            str(packets),
            str(sent + packets * 40),
            str(answers),
            str(received + answers * 40),
            "-",
        )


def write_tsv(path: Path, lines: Iterable[Row]) -> None:
    """A conn.log with tabs."""
    with path.open("w") as out:
        out.write(HEADER)
        out.writelines("\t".join(line) + "\n" for line in lines)


def write_json(path: Path, lines: Iterable[Row]) -> None:
    """A conn.log with one object a line."""
    texts = {"uid", "id.orig_h", "id.resp_h", "proto", "service", "conn_state", "history"}
    truths = {"T": "true", "F": "false"}
    with path.open("w") as out:
        for line in lines:
            pairs = [(name, value) for name, value in zip(COLUMNS, line, strict=True) if value != "-"]
            out.write(
                "{" + ",".join(f'"{n}":"{v}"' if n in texts else f'"{n}":{truths.get(v, v)}' for n, v in pairs) + "}\n"
            )


def tocsin(paths: Sequence[Path], folder: Path) -> float:
    """Seconds that an ingest into a fresh workspace takes."""
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        workspace = create_workspace(Path(temporary) / "workspace", "bench")
        with open_ledger(workspace.ledger) as ledger:
            began = time.perf_counter()
            summary = ingest(workspace, ledger, paths, networks=["192.0.2.0/24"])
            took = time.perf_counter() - began
    assert summary.rows
    assert not summary.quarantined
    return took


def bare(source: str, folder: Path) -> float:
    """Seconds that DuckDB takes to read a file and copy all of it to Parquet."""
    with tempfile.TemporaryDirectory(dir=folder) as temporary, duckdb.connect() as connection:
        began = time.perf_counter()
        target = f"'{temporary}/all.parquet' (format parquet, compression zstd)"
        connection.execute(f"copy (select * from {source}) to {target}")
        return time.perf_counter() - began


def typical(run: Callable[[], float]) -> float:
    """The median of three runs, after one that warms up."""
    run()
    return median(run() for _ in range(REPEATS))


def big(folder: Path, count: int) -> Iterator[Figure]:
    """One large file of each kind, against DuckDB's own bare read."""
    log, logs = folder / "conn.log", folder / "conn.json"
    write_tsv(log, rows(count))
    write_json(logs, rows(count))
    names = [name.replace("'", "") for name in COLUMNS]
    tabs = f"delim='\t', quote='', escape='', header=false, nullstr='-', skip=7, names={names}"
    for name, path, source in (("TSV", log, f"read_csv('{log}', {tabs})"), ("JSON", logs, f"read_json('{logs}')")):
        ours = typical(lambda path=path: tocsin([path], folder))  # type: ignore[misc]  # bound at once
        theirs = typical(lambda source=source: bare(source, folder))  # type: ignore[misc]  # bound at once
        yield f"Zeek {name}", count / ours, "rows/s", ""
        yield f"Zeek {name}, time against DuckDB's bare read", ours / theirs, "times", "at most 1.5"
        path.unlink()


def small(folder: Path, files: int) -> Iterator[Figure]:
    """A folder of small rotated logs against one log of the same rows."""
    made = list(rows(files * SMALL_ROWS))
    write_tsv(folder / "big.log", made)
    logs = folder / "small"
    logs.mkdir()
    for number in range(files):
        write_tsv(logs / f"conn.{number:05}.log", made[number * SMALL_ROWS : (number + 1) * SMALL_ROWS])
    one, many = (typical(lambda path=path: tocsin([path], folder)) for path in (folder / "big.log", logs))  # type: ignore[misc]
    yield f"{files} logs of {SMALL_ROWS} rows", files * SMALL_ROWS / many, "rows/s", ""
    yield "small logs, speed per row against one big log", one / many, "times", "at least 0.5"


def memory(folder: Path, few: int, many: int) -> Iterator[Figure]:
    """Largest resident memory of a process that reads a file of few rows, and of one that reads many."""
    peaks = []
    for count in (few, many):
        log = folder / f"memory.{count}.log"
        write_tsv(log, rows(count))
        command = [sys.executable, __file__, "--peak", str(log)]
        peaks.append(int(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
        log.unlink()
    yield f"memory at {few:,} rows", peaks[0] / 1e6, "MB", ""
    yield f"memory at {many:,} rows", peaks[1] / 1e6, "MB", "under 2,000"
    yield f"memory at {many:,} rows against {few:,}", peaks[1] / peaks[0], "times", "at most 1.2"


def peak(log: Path) -> int:
    """Bytes that this process holds at most while it reads a log."""
    tocsin([log], log.parent)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def others() -> Iterator[tuple[str, Callable[[], Iterable[Figure]]]]:
    """The measurements of readers that have a benchmark of their own."""
    for file in sorted(Path(__file__).parent.glob("telemetry_*.py")):
        specification = importlib.util.spec_from_file_location(file.stem, file)
        if specification and specification.loader:
            module = importlib.util.module_from_spec(specification)
            specification.loader.exec_module(module)
            if hasattr(module, "measure"):
                yield file.stem.removeprefix("telemetry_"), module.measure


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure everything, or some, and print a line for each figure."""
    parser = argparse.ArgumentParser(description="Say how fast telemetry is read, and in how much memory.")
    parser.add_argument("--rows", type=int, default=2_000_000, help="rows of the large files")
    parser.add_argument("--small-files", type=int, default=500, help="small logs in a folder")
    parser.add_argument("--memory-rows", type=int, nargs=2, default=(2_000_000, 20_000_000), metavar="N")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="big, small, memory, or a file telemetry_NAME.py")
    parser.add_argument("--json", action="store_true", help="JSON, one figure a line")
    parser.add_argument("--peak", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.peak:
        print(peak(options.peak))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        known: dict[str, Callable[[], Iterable[Figure]]] = {
            "big": lambda: big(folder, options.rows),
            "small": lambda: small(folder, options.small_files),
            "memory": lambda: memory(folder, *options.memory_rows),
            **dict(others()),
        }
        if unknown := set(options.only or ()) - known.keys():
            parser.error(f"nothing is called {', '.join(sorted(unknown))}: choose {', '.join(known)}")
        if not options.json:
            print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the beginning")
        for name in options.only or known:
            for figure in known[name]():
                told(figure, options.json)


def told(figure: Figure, as_json: bool) -> None:
    """A line for one figure."""
    name, value, unit, goal = (*figure, "", "")[:4]
    if as_json:
        print(json.dumps({"name": name, "value": value, "unit": unit, "goal": goal}), flush=True)
    else:
        shown = f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
        print(f"{name:<60} {shown:>12} {unit:<8} {goal}", flush=True)


if __name__ == "__main__":
    main()
