"""Says how right Tocsin is: reads every capture of a reference file, from raw file to findings, and counts.

    python bench/accuracy.py [FOLDER] [--only ID ...] [--json]

FOLDER holds ``captures/truth.yaml`` and the captures; without one, it is what TOCSIN_TEST_DATA names. Each capture has
a workspace of its own, which lasts as long as it is looked at; its networks are those that the reference calls
monitored. What is counted stands in bench/README.md.
"""

import argparse
import ipaddress
import json
import os
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import yaml

from tocsin.detect import detect
from tocsin.parties.enrol import Entry, enrol
from tocsin.parties.lookup import NONE, prefix_table
from tocsin.records import ATTACKING, Finding, Flow
from tocsin.store.lake import lake_files
from tocsin.store.ledger import open_ledger
from tocsin.telemetry import State, ingest
from tocsin.workspace import create_workspace

NOT_COUNTED = ("unlabelled", "format_only")
# The same traffic twice; the longer of the two counts.
REPEATED = ("slips-test5-binetflow",)
SCANS = ("scan_horizontal", "scan_vertical")
UNREAD = "not readable yet"
TARGET = re.compile(r"(?P<address>[0-9a-fA-F.:]+?)(?:/(?P<length>\d+))?(?::(?P<port>\d+))?(?:/(?:tcp|udp))?(?:[ ,].*)?")
PORT = re.compile(r"(?P<port>\d+)/(?:tcp|udp)\b.*")


@dataclass(slots=True)
class Count:
    """What came of one capture. Lists are of hosts, ``host behaviour`` and ``host behaviour target``.

    ``local`` is the number of local addresses seen, where the share that is accused counts.
    """

    capture: str
    verdict: str
    rows: int = 0
    found: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    accused: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)
    local: int | None = None


def run(folder: Path, capture: Mapping[str, Any]) -> Count | None:
    """Read a capture, look for bots and count; None when no reader knows it."""
    path = (folder / capture["path"]).resolve()
    with tempfile.TemporaryDirectory() as temporary:
        workspace = create_workspace(Path(temporary) / "workspace", "bench")
        with open_ledger(workspace.ledger) as ledger:
            with ledger.write() as connection:
                networks = tuple(capture["monitored"])
                enrol(connection, workspace, Entry(id="bench", role="operator", networks=networks))
            summary = ingest(workspace, ledger, [path])
            if not any(file.state is State.READ for file in summary.files):
                return None
            findings = detect(workspace, ledger).findings if capture["monitored"] else ()
            count = judge(capture, findings)
            if capture["verdict"] == "background":
                with ledger.look() as connection:
                    files = lake_files(connection, Path(workspace.lake), Flow)
                count.local = _local(files, capture["monitored"])
    count.rows = summary.rows
    return count


def judge(capture: Mapping[str, Any], findings: Iterable[Finding]) -> Count:
    """Compare findings with the reference."""
    count = Count(capture["id"], capture["verdict"])
    attacks = [f for f in findings if f.host and f.behaviour in ATTACKING and f.suppressed_by is None]
    if capture["verdict"] in NOT_COUNTED:
        return count
    known: set[str] = set()
    for entry in capture.get("infected") or []:
        names = {entry["host"], *entry.get("aliases", [])}
        known |= names
        _expected(count, entry, [f for f in attacks if f.host in names])
    for entry in capture.get("local_scanners") or []:
        known.add(entry["host"])
        own = [f for f in attacks if f.host == entry["host"]]
        _expected(count, entry, [f for f in own if f.behaviour in SCANS])
        count.accused += sorted({f"{f.host} {f.behaviour}" for f in own if f.behaviour not in SCANS})
    known |= {ignored["address"] for ignored in capture.get("ignore") or [] if not ignored.get("port")} - {None}
    accused: dict[str, set[str]] = {}
    for finding in attacks:
        if finding.host and finding.host not in known:
            accused.setdefault(finding.host, set()).add(finding.behaviour)
    count.accused += [f"{host} {'+'.join(sorted(behaviours))}" for host, behaviours in sorted(accused.items())]
    return count


def _expected(count: Count, entry: Mapping[str, Any], findings: Sequence[Finding]) -> None:
    """Count what was to be found of one host."""
    host = entry["host"]
    required = any(not behaviour.get("optional") for behaviour in entry["behaviours"])
    if findings or required:
        (count.found if findings else count.missed).append(host)
    names = {f.behaviour for f in findings}
    for expected in entry["behaviours"]:
        name = expected["behaviour"]
        if name in names or not expected.get("optional"):
            told = count.seen if name in names else count.unseen
            told += [f"{host} {name}"] * (f"{host} {name}" not in told)
        if not expected.get("optional"):
            peers = [peer for f in findings if f.behaviour == name for peer in f.peers]
            for target in expected.get("targets", []):
                met = _names(target, peers)
                if met is not None:
                    (count.named if met else count.unnamed).append(f"{host} {name} {target}")


def _names(target: str, peers: Sequence[Mapping[str, Any]]) -> bool | None:
    """Whether one of the peers is the target; None when the reference describes it in words only.

    >>> _names("198.51.100.7:6667/tcp", [{"address": "198.51.100.7", "port": 6667}])
    True
    >>> _names("23/tcp (54 addresses)", [{"address": "198.51.100.7", "port": 80}])
    False
    >>> _names("198.51.100.0/24 (50)", [{"address": "198.51.100.7", "port": None}])
    True
    >>> _names("names of six letters", []) is None
    True
    """
    if found := PORT.fullmatch(target):
        return any(peer["port"] == int(found["port"]) for peer in peers)
    if not (found := TARGET.fullmatch(target)):
        return None
    try:
        network = ipaddress.ip_network(f"{found['address']}/{found['length']}" if found["length"] else found["address"])
    except ValueError:
        return None
    return any(
        ipaddress.ip_address(peer["address"]) in network
        and (found["port"] is None or peer["port"] in (None, int(found["port"])))
        for peer in peers
    )


def _local(files: Sequence[Path], networks: Sequence[str]) -> int:
    """How many local addresses the flows have."""
    addresses: set[str] = set()
    for file in files:
        flows = pq.read_table(file, columns=["initiator", "responder"])
        addresses |= {str(address) for name in flows.column_names for address in pc.unique(flows[name]).to_pylist()}
    return int((prefix_table(networks).find(sorted(addresses)) != NONE).sum())


def text(counts: Sequence[Count], unread: Sequence[str]) -> str:
    """The table, its totals, and by name what was missed, accused and not read."""
    header = ("capture", "rows", "found", "missed", "accused", "behaviours", "targets")
    lines = [header, *(_line(count) for count in counts), _line(_total(counts))]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    shown = [
        "  ".join(
            cell.ljust(w) if not i else cell.rjust(w) for i, (cell, w) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    ]
    details = {"missed": "missed", "accused": "wrongly accused", "unseen": "not seen", "unnamed": "not named"}
    for name, words in details.items():
        shown += [
            "",
            *(
                f"{words}: {count.capture}: {', '.join(getattr(count, name))}"
                for count in counts
                if getattr(count, name)
            ),
        ]
    shown += ["", *(f"{UNREAD}: {capture}" for capture in unread)]
    for count in counts:
        if count.local:
            share = 100 * len(count.accused) / count.local
            shown.append(f"{count.capture}: {len(count.accused)} of {count.local} local hosts accused, {share:.1f} %")
    return "\n".join(shown)


def _line(count: Count) -> tuple[str, ...]:
    of = [f"{len(a)} of {len(a) + len(b)}" for a, b in ((count.seen, count.unseen), (count.named, count.unnamed))]
    told = (count.rows, len(count.found), len(count.missed), len(count.accused))
    return (
        (count.capture, *(f"{n:,}" for n in told), *of)
        if count.verdict not in NOT_COUNTED
        else (count.capture, f"{count.rows:,}", *("-",) * 5)
    )


def _total(counts: Sequence[Count]) -> Count:
    """All together; the accused of a background are a share of its own and left out."""
    total = Count("in total", "")
    for count in counts:
        for name in (f.name for f in fields(Count) if f.type == list[str]):
            if name != "accused" or count.verdict != "background":
                getattr(total, name).extend(getattr(count, name))
        total.rows += count.rows
    return total


def main(arguments: Sequence[str] | None = None) -> None:
    """Run over all captures, or some, and print."""
    parser = argparse.ArgumentParser(description="Say how right Tocsin is on reference captures.")
    parser.add_argument("folder", nargs="?", type=Path, default=os.environ.get("TOCSIN_TEST_DATA"))
    parser.add_argument("--only", nargs="+", metavar="ID", help="these captures only")
    parser.add_argument("--json", action="store_true", help="JSON, one capture a line")
    options = parser.parse_args(arguments)
    if options.folder is None:
        parser.error("no data: name a folder, or set TOCSIN_TEST_DATA")
    folder = Path(options.folder) / "captures"
    truth = yaml.safe_load((folder / "truth.yaml").read_text(encoding="utf-8"))["captures"]
    wanted = [c for c in truth if (c["id"] in options.only if options.only else c["id"] not in REPEATED)]
    counts: list[Count] = []
    unread: list[str] = []
    for capture in wanted:
        count = run(folder, capture)
        if count is None:
            unread.append(capture["id"])
        else:
            counts.append(count)
        if options.json:
            print(json.dumps({"capture": capture["id"], "note": UNREAD} if count is None else asdict(count)))
    if not options.json:
        print(text(counts, unread))


if __name__ == "__main__":
    main()
