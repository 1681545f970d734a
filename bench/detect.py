"""How long detection takes, beside one bare scan of the columns that it uses.

    python -m bench.detect [--flows 20000000] [--questions 2000000] [--twice]

makes a day of flows with planted attacks and of questions to resolvers, and prints how many times as long as the scan
each detector takes (without the summaries that they share), each summary, and a whole run; then the largest memory.
``--twice`` makes a day with five times the flows too, and prints how the time for each flow grows.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import ibis.expr.types as ir

from bench.busy_day import NETWORKS, flows, questions
from bench.captures import Capture, files, made
from bench.table import table
from tocsin.detect import detect
from tocsin.detect._inputs import SUMMARIES, Inputs
from tocsin.detect._intelligence import indicators, intelligence
from tocsin.detect._places import places
from tocsin.detect._run import INDICATOR, detectors
from tocsin.detect._tables import TABLES
from tocsin.parties.directory import directory
from tocsin.records import Dns, Flow
from tocsin.store.engine import Engine, open_engine
from tocsin.store.lake import LakeWriter
from tocsin.store.ledger import put
from tocsin.units import units


@dataclass(frozen=True, slots=True)
class Took:
    """What was run, and how long it took."""

    what: str
    seconds: float


def fill(capture: Capture, count: int, asked: int) -> None:
    """Put a made-up day into the lake of a workspace."""
    with LakeWriter(capture.workspace.lake, "busy-day") as writer:
        for rows in flows(count):
            writer.write(Flow, rows)
        for rows in questions(asked):
            writer.write(Dns, rows)
        written = writer.finish(capture.workspace.party, "TLP:AMBER", "bench")
    with capture.ledger.write() as connection:
        put(connection, written)


def measure(capture: Capture) -> Iterator[Took]:
    """The bare scan, what is prepared, each summary, each detector, and a whole run of them all."""
    with tempfile.TemporaryDirectory() as temporary, open_engine("duckdb", Path(temporary)) as engine:
        tables = {name: engine.table(record, files(capture, name)) for name, record in TABLES.items()}
        yield Took("scan", _timed(lambda: _scan(engine, tables["flow"])))
        with capture.ledger.look() as connection:
            known = directory(connection, capture.workspace.now().date())
        begun = time.perf_counter()
        inputs = Inputs(engine, tables | {"place": places(engine, known, [tables["flow"], tables["dns"]])})
        with capture.ledger.look() as connection:
            listed = intelligence(capture.workspace, connection)
        inputs.add({INDICATOR: indicators(engine, listed, [tables["flow"], tables["dns"]])})
        yield Took("which addresses are local or listed", time.perf_counter() - begun)
        for name in units(SUMMARIES):
            yield Took(f"summary {name}", _timed(partial(inputs.table, name)))
        for name, detector in detectors().items():
            yield Took(name, _timed(partial(_run, engine, inputs, detector)))
    yield Took("a whole run", _timed(lambda: detect(capture.workspace, capture.ledger)))


def _scan(engine: Engine, flow: ir.Table) -> None:
    columns = [name for name in flow.columns if name not in ("sensor", "uid", "service", "state", "initiator_port")]
    engine.rows(flow.agg(**{name: flow[name].max() for name in columns}))


def _run(engine: Engine, inputs: Inputs, detector: ModuleType) -> None:
    engine.rows(inputs.call(detector.detect))


def _timed(run: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def day(count: int, asked: int) -> list[Took]:
    """Measure a day of so many flows and questions."""
    with made(NETWORKS) as capture:
        fill(capture, count, asked)
        return list(measure(capture))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Say how long detection takes.")
    parser.add_argument("--flows", type=int, default=20_000_000)
    parser.add_argument("--questions", type=int, default=2_000_000)
    parser.add_argument("--twice", action="store_true", help="also with five times the flows")
    options = parser.parse_args(arguments)
    took = day(options.flows, options.questions)
    scan = took[0].seconds
    lines = [(entry.what, f"{entry.seconds:.2f}", f"{entry.seconds / scan:.1f}") for entry in took]
    print(table(("what", "seconds", "scans"), lines))
    if options.twice:
        larger = day(5 * options.flows, options.questions)
        growth = larger[-1].seconds / 5 / took[-1].seconds
        print(f"for each flow, five times the flows take {growth:.2f} times as long")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"largest memory, making of the day included: {peak:.1f} GB")


if __name__ == "__main__":
    main()
