"""A workspace in which the sample of one infected device was found, with the traffic that shows it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from tests.formats.infected import CASE, FINDINGS
from tests.programme.report.traffic import flows
from tocsin.cases import happen
from tocsin.programme import import_roadmap, measure, shipped_roadmap
from tocsin.programme.report import build_document
from tocsin.programme.report.shape import Document
from tocsin.records import Coverage, Flow, Ingest, arrow_schema
from tocsin.respond import respond
from tocsin.store.lake import LakeWriter
from tocsin.store.ledger import Ledger, put
from tocsin.workspace import Workspace

KEPT = {"party": "example-provider", "marking": "TLP:AMBER", "source": "test"}


@pytest.fixture
def filled(workspace: Workspace, ledger: Ledger) -> Workspace:
    """The workspace after everything up to the report has been done."""
    rows = pa.Table.from_pylist(flows(), schema=arrow_schema(Flow))
    with LakeWriter(workspace.lake, "ingest-1") as lake:
        lake.write(Flow, rows)
        files = lake.finish(**KEPT)
    now = workspace.now()
    with ledger.write() as connection:
        put(connection, [*files, *_read(workspace, rows.num_rows), *FINDINGS])
        happen(connection, workspace, CASE, "found", "cases/merge", "4 findings")
        import_roadmap(connection, *shipped_roadmap("example-provider"))
    respond(workspace, ledger)
    with ledger.write() as connection:
        measure(connection, workspace, now - timedelta(days=7), now)
    return workspace


@pytest.fixture
def built(filled: Workspace, ledger: Ledger) -> Callable[..., Document]:
    """Builds the document of that workspace, with the arguments of ``build_document``."""

    def build(**arguments: object) -> Document:
        with ledger.look() as connection:
            return build_document(filled, connection, **arguments)  # type: ignore[arg-type]  # passed through

    return build


@pytest.fixture
def document(built: Callable[..., Document]) -> Document:
    """The operator party's document of that workspace."""
    return built()


def _read(workspace: Workspace, rows: int) -> list[Ingest | Coverage]:
    """What an ingest of the traffic leaves in the ledger."""
    ingest = Ingest(
        id="ingest-1", path="/var/log/zeek/conn.log", digest="0" * 64, format="zeek_conn", sensor="edge",
        rows=rows, quarantined=2, note=None, time=workspace.now(), bytes=1000, head=None, parts=1, **KEPT,
    )  # fmt: skip
    day = datetime(2018, 12, 21, tzinfo=UTC)
    covered = Coverage(
        ingest="ingest-1", sensor="edge", network="192.168.1.0/24", day=day.date(), telemetry="flow",
        first=day.replace(hour=14, minute=50), last=day.replace(hour=23, minute=59), rows=rows,
        sampling=1, hours=[], **KEPT,
    )  # fmt: skip
    return [ingest, covered, replace(covered, day=workspace.now().date(), first=workspace.now(), last=workspace.now())]
