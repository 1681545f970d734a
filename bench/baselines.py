"""Compares Tocsin with what others publish, on the same captures.

    python -m bench.baselines [FOLDER] [--only ID ...]

Each rule is a reimplementation of what its source documents, labelled as such: RITA v5's beacon score, flare's beacon
rule, Slips' thresholds for scans and failed look-ups, and the per-minute rule for floods published with Akvorado. What
is wrong is counted alike for all: infected hosts missed and others accused (of the background capture, hosts accused).
The rule for floods speaks of victims only, so it is compared where there are some.
"""

import argparse
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.captures import Capture, files, opened, references
from bench.rules import akvorado, flare, rita, slips
from bench.table import table
from bench.verdicts import NOT_COUNTED, Count, judge
from tocsin.detect import detect
from tocsin.parties.lookup import NONE, prefix_table
from tocsin.records import Dns, Finding, Flow, arrow_schema

MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
OURS, VICTIMS = "Tocsin", "Akvorado"


def accusations(capture: Capture) -> dict[str, list[Finding]]:
    """What each rule says of a capture, as findings."""
    flows, dns = _rows(capture, "flow", arrow_schema(Flow)), _rows(capture, "dns", arrow_schema(Dns))
    begins, ends = (_local(flows[side], capture) for side in ("initiator", "responder"))
    outward, inward = flows.filter(pa.array(begins & ~ends)), flows.filter(pa.array(~begins & ends))
    asked = dns.filter(pa.array(_local(dns["initiator"], capture)))
    said = {
        "RITA v5": rita.accuse(outward) if outward.num_rows else (),
        "flare": flare.accuse(outward),
        "Slips": [*slips.accuse(flows.filter(pa.array(begins))), *slips.accuse_names(asked)],
        VICTIMS: akvorado.accuse(inward),
    }
    return {name: [_finding(*row) for row in rows] for name, rows in said.items()}


def compared(folder: Path, reference: Mapping[str, Any]) -> dict[str, Count]:
    """Counts of Tocsin and of each rule; empty when nobody says what is right, or no reader knows the capture."""
    if reference["verdict"] in NOT_COUNTED or not reference["monitored"]:
        return {}
    with opened(folder, reference) as capture:
        if capture.rows is None:
            return {}
        found = {OURS: list(detect(capture.workspace, capture.ledger).findings)} | accusations(capture)
        return {name: judge(reference, findings) for name, findings in found.items()}


def wrong(count: Count) -> int:
    """Infected hosts and victims that were missed, and other hosts that were accused."""
    victims = [told for told in count.unseen if told.endswith(" ddos_victim")]
    return len(count.missed) + len(count.accused) + len(victims)


def text(counts: Mapping[str, Mapping[str, Count]]) -> str:
    """A line a capture: what is wrong with each, as missed + accused."""
    names = list(next(iter(counts.values()), {}))
    lines = [(capture, *(_cell(of[name]) for name in names), verdict(of)) for capture, of in counts.items()]
    totals = [str(sum(wrong(of[name]) for of in counts.values())) for name in names]
    return table(("capture", *names, "Tocsin is"), [*lines, ("in total", *totals, "")])


def _cell(count: Count) -> str:
    missed = wrong(count) - len(count.accused)
    return f"{missed} + {len(count.accused)}"


def verdict(of: Mapping[str, Count]) -> str:
    """How Tocsin does beside the best of the others."""
    attacked = of[OURS].verdict == "ddos_victim"
    best = min(wrong(count) for name, count in of.items() if name != OURS and (attacked or name != VICTIMS))
    ours = wrong(of[OURS])
    return "better" if ours < best else "as good" if ours == best else "WORSE"


def _rows(capture: Capture, telemetry: str, schema: pa.Schema) -> pa.Table:
    paths = files(capture, telemetry)
    rows = [pq.read_table(path, schema=schema) for path in paths] or [schema.empty_table()]
    return pa.concat_tables(rows).sort_by("time")


def _local(addresses: "pa.ChunkedArray[Any]", capture: Capture) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    found = prefix_table(capture.networks).find([address or "" for address in addresses.to_pylist()])
    return np.asarray(found != NONE)


def _finding(host: str, behaviour: str, peer: Mapping[str, Any]) -> Finding:
    return Finding(
        party="bench",
        marking="TLP:CLEAR",
        source="bench",
        id=f"{host} {behaviour}",
        subject={"kind": "host", "value": host},
        host=host,
        behaviour=behaviour,
        technique=None,
        day=date(2000, 1, 1),
        score=1.0,
        confidence=100,
        first_seen=MOMENT,
        last_seen=MOMENT,
        peers=[{"address": peer["address"], "port": peer["port"], "proto": "", "name": peer.get("name")}],
        evidence=[{}],
        explanation="",
        detector="bench",
        suppressed_by=None,
    )


def run(folder: Path, captures: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, dict[str, Count]]]:
    """Captures by id, each with its counts."""
    for reference in captures:
        if counts := compared(folder, reference):
            yield reference["id"], counts


def main(arguments: Sequence[str] | None = None) -> None:
    """Compare on all captures, or some, and print."""
    parser = argparse.ArgumentParser(description="Compare Tocsin with published rules.")
    parser.add_argument("folder", nargs="?", type=Path, default=os.environ.get("TOCSIN_TEST_DATA"))
    parser.add_argument("--only", nargs="+", metavar="ID", default=(), help="these captures only")
    options = parser.parse_args(arguments)
    if options.folder is None:
        parser.error("no data: name a folder, or set TOCSIN_TEST_DATA")
    folder = Path(options.folder)
    print("missed + accused; each rule is reimplemented from what its source documents")
    print(text(dict(run(folder, references(folder, options.only)))))


if __name__ == "__main__":
    main()
