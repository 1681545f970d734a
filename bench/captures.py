"""Captures of a reference file, each read into a workspace of its own, which is gone afterwards."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import yaml

from tocsin.parties.enrol import Entry, enrol
from tocsin.parties.lookup import NONE, prefix_table
from tocsin.records import LakeFile
from tocsin.store.ledger import Ledger, open_ledger, read
from tocsin.telemetry import State, ingest
from tocsin.workspace import Workspace, create_workspace

# The same traffic twice; the longer of the two counts.
REPEATED = ("slips-test5-binetflow",)


@dataclass(frozen=True, slots=True)
class Capture:
    """A capture in the lake of a workspace. ``rows`` is None when no reader knows it."""

    workspace: Workspace
    ledger: Ledger
    networks: tuple[str, ...]
    rows: int | None = None


def references(folder: Path, only: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The captures that ``folder`` describes, or those of them that are named."""
    captures = yaml.safe_load((folder / "captures" / "truth.yaml").read_text(encoding="utf-8"))["captures"]
    wanted = [c for c in captures if (c["id"] in only if only else c["id"] not in REPEATED)]
    return [part for capture in wanted for part in _parts(folder / "captures", capture)]


def _parts(folder: Path, capture: dict[str, Any]) -> list[dict[str, Any]]:
    """A capture, or, where a folder has the same traffic in several formats, each of its files."""
    if "same traffic" not in capture["format"]:
        return [capture]
    files = sorted((folder / capture["path"]).iterdir())
    return [capture | {"id": f"{capture['id']}/{file.name}", "path": f"{capture['path']}{file.name}"} for file in files]


@contextmanager
def made(networks: Sequence[str]) -> Iterator[Capture]:
    """An empty workspace whose operator has these networks."""
    with TemporaryDirectory() as temporary:
        workspace = create_workspace(Path(temporary) / "workspace", "bench")
        with open_ledger(workspace.ledger) as ledger:
            with ledger.write() as connection:
                enrol(connection, workspace, Entry(id="bench", role="operator", networks=tuple(networks)))
            yield Capture(workspace, ledger, tuple(networks))


@contextmanager
def opened(folder: Path, reference: Mapping[str, Any]) -> Iterator[Capture]:
    """A capture in a workspace whose networks are those that the reference calls monitored."""
    with made(reference["monitored"]) as empty:
        path = (folder / "captures" / reference["path"]).resolve()
        summary = ingest(empty.workspace, empty.ledger, [path])
        known = any(file.state is State.READ for file in summary.files)
        yield Capture(empty.workspace, empty.ledger, empty.networks, summary.rows if known else None)


def files(capture: Capture, telemetry: str = "flow") -> list[Path]:
    """Files of a table in the lake of a capture."""
    with capture.ledger.look() as connection:
        return [Path(capture.workspace.lake) / file.path for file in read(connection, LakeFile, telemetry=telemetry)]


def local_hosts(capture: Capture) -> int:
    """How many local addresses the flows of a capture have."""
    addresses: set[str] = set()
    for file in files(capture):
        flows = pq.read_table(file, columns=["initiator", "responder"])
        addresses |= {str(address) for name in flows.column_names for address in pc.unique(flows[name]).to_pylist()}
    return int((prefix_table(capture.networks).find(sorted(addresses)) != NONE).sum())
