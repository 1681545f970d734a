"""Says how right Tocsin is: reads every capture of a reference file, from raw file to findings, and counts.

    python -m bench.accuracy [FOLDER] [--only ID ...] [--json] [--thin N ...] [--records]

FOLDER holds ``captures/truth.yaml`` and the captures; without one, it is what TOCSIN_TEST_DATA names. ``--thin 100
1000`` says what a sensor would still find that looks at 1 packet in so many, and what Tocsin says that it cannot judge
there. ``--records`` says how many rows, from the first on, it takes until a host is found. What is counted stands in
bench/README.md.
"""

import argparse
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from bench.captures import Capture, files, local_hosts, made, opened, references
from bench.table import table
from bench.thinning import thin
from bench.verdicts import NOT_COUNTED, Count, judge
from tocsin.detect import DetectSummary, detect
from tocsin.records import Flow
from tocsin.store.lake import LakeWriter
from tocsin.store.ledger import put
from tocsin.units import units

UNREAD = "no reader knows it"
FIRST_RECORDS = 16


def run(
    folder: Path, reference: Mapping[str, Any], thinnings: Sequence[int] = (), records: bool = False
) -> Iterator[Count]:
    """Read a capture, look for bots and count; then the same for each thinning. Nothing when no reader knows it."""
    with opened(folder, reference) as capture:
        if capture.rows is None:
            return
        if not capture.networks:
            yield Count(reference["id"], reference["verdict"], rows=capture.rows)
            return
        count = _counted(reference, capture, capture.rows, detect(capture.workspace, capture.ledger))
        if records and reference["verdict"] not in NOT_COUNTED and count.found:
            count.records = _records(reference, capture, count)
        yield count
        for sampling in thinnings:
            with made(reference["monitored"]) as sparse:
                rows = thin(capture, sparse, sampling)
                yield _counted(reference, sparse, rows, detect(sparse.workspace, sparse.ledger), sampling)


def _counted(
    reference: Mapping[str, Any], capture: Capture, rows: int, summary: DetectSummary, sampling: int = 1
) -> Count:
    count = judge(reference, summary.findings)
    count.rows, count.sampling = rows, sampling
    count.unable = sorted({judgement.detector for judgement in summary.unable})
    if reference["verdict"] == "background":
        count.local = local_hosts(capture)
    return count


def _records(reference: Mapping[str, Any], capture: Capture, whole: Count) -> dict[str, int]:
    """For each host that was found: after how many flows, doubled from 16 on, it is found too."""
    flows = pa.concat_tables([pq.read_table(file) for file in files(capture)]).sort_by("time")
    needed: dict[str, int] = {}
    size = FIRST_RECORDS
    while size < flows.num_rows and len(needed) < len(whole.found):
        with made(reference["monitored"]) as part:
            with LakeWriter(part.workspace.lake, "part") as writer:
                writer.write(Flow, flows.slice(0, size))
                written = writer.finish(part.workspace.party, "TLP:AMBER", "bench")
            with part.ledger.write() as connection:
                put(connection, written)
            for host in judge(reference, detect(part.workspace, part.ledger).findings).found:
                needed.setdefault(host, size)
        size *= 2
    return needed | {host: flows.num_rows for host in whole.found if host not in needed}


HEADER = ("capture", "1 in", "rows", "found", "missed", "accused", "behaviours", "targets", "cannot judge")
DETAILS = {"missed": "missed", "accused": "wrongly accused", "unseen": "not seen", "unnamed": "not named"}


def text(counts: Sequence[Count], unread: Sequence[str]) -> str:
    """The table, its totals, and by name what was missed, accused and not read."""
    samplings = sorted({count.sampling for count in counts})
    totals = [_total([count for count in counts if count.sampling == sampling], sampling) for sampling in samplings]
    shown = [table(HEADER, [_line(count) for count in [*counts, *totals]])]
    whole = [count for count in counts if count.sampling == 1]
    for name, words in DETAILS.items():
        named = [
            f"{words}: {count.capture}: {', '.join(getattr(count, name))}" for count in whole if getattr(count, name)
        ]
        shown += ["", *named] if named else []
    shown += ["", *_sparse(counts), *_backgrounds(counts), *_needed(whole), *(f"{UNREAD}: {name}" for name in unread)]
    return "\n".join(shown)


def _sparse(counts: Sequence[Count]) -> Iterator[str]:
    for count in counts:
        if count.sampling > 1 and count.accused and count.verdict != "background":
            yield f"wrongly accused at 1 in {count.sampling}: {count.capture}: {', '.join(count.accused)}"


def _backgrounds(counts: Sequence[Count]) -> Iterator[str]:
    for count in counts:
        if count.local:
            share = 100 * len(count.accused) / count.local
            at = f" at 1 in {count.sampling}" if count.sampling > 1 else ""
            yield f"{count.capture}: {len(count.accused)} of {count.local} local hosts accused{at}, {share:.1f} %"


def _needed(counts: Sequence[Count]) -> Iterator[str]:
    for count in counts:
        for host, rows in count.records.items():
            yield f"found within the first {rows:,} flows: {count.capture}: {host}"


def _line(count: Count) -> tuple[str, ...]:
    begin = (count.capture, f"{count.sampling:,}", f"{count.rows:,}")
    if count.verdict in NOT_COUNTED:
        return (*begin, *("-",) * (len(HEADER) - len(begin)))
    of = [f"{len(a)} of {len(a) + len(b)}" for a, b in ((count.seen, count.unseen), (count.named, count.unnamed))]
    told = (len(count.found), len(count.missed), len(count.accused))
    return (*begin, *(f"{n:,}" for n in told), *of, f"{len(count.unable)} of {len(units('tocsin.detect'))}")


def _total(counts: Sequence[Count], sampling: int) -> Count:
    """All together; the accused of a background are a share of its own and left out, and so is what is not judged."""
    total = Count("in total", "", sampling=sampling)
    for count in counts:
        for name in ("found", "missed", "accused", "seen", "unseen", "named", "unnamed"):
            if name != "accused" or count.verdict != "background":
                getattr(total, name).extend(getattr(count, name))
        total.rows += count.rows
    return total


def main(arguments: Sequence[str] | None = None) -> None:
    """Run over all captures, or some, and print."""
    parser = argparse.ArgumentParser(description="Say how right Tocsin is on reference captures.")
    parser.add_argument("folder", nargs="?", type=Path, default=os.environ.get("TOCSIN_TEST_DATA"))
    parser.add_argument("--only", nargs="+", metavar="ID", default=(), help="these captures only")
    parser.add_argument("--json", action="store_true", help="JSON, one capture a line")
    parser.add_argument("--thin", nargs="+", type=int, metavar="N", default=(), help="also look at 1 packet in N only")
    parser.add_argument("--records", action="store_true", help="say how many rows it takes to find each host")
    options = parser.parse_args(arguments)
    if options.folder is None:
        parser.error("no data: name a folder, or set TOCSIN_TEST_DATA")
    counts: list[Count] = []
    unread: list[str] = []
    for reference in references(Path(options.folder), options.only):
        found = list(run(Path(options.folder), reference, options.thin, options.records))
        counts += found
        if not found:
            unread.append(reference["id"])
        if options.json:
            for line in [asdict(count) for count in found] or [{"capture": reference["id"], "note": UNREAD}]:
                print(json.dumps(line))
    if not options.json:
        print(text(counts, unread))


if __name__ == "__main__":
    main()
