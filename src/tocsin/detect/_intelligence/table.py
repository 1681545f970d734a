"""The table ``indicator`` that detectors read: every list, and what partners have shared."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa
import sqlalchemy as sa

from tocsin.detect._expressions import stacked
from tocsin.detect._intelligence.lists import CONFIDENCE, folder
from tocsin.detect._places import met
from tocsin.parties.lookup import NONE, prefix_table
from tocsin.records import Indicator, IndicatorList, ListedIndicator, arrow_schema
from tocsin.store.engine import Engine
from tocsin.store.ledger import read
from tocsin.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Intelligence:
    """Files of lists, indicators that were shared, and a digest of both."""

    files: tuple[Path, ...]
    shared: pa.Table
    digest: str


def intelligence(workspace: Workspace, connection: sa.Connection) -> Intelligence:
    """What is known now."""
    known = read(connection, IndicatorList)
    schema = arrow_schema(ListedIndicator)
    shared = pa.Table.from_pylist([_listed(row) for row in read(connection, Indicator)], schema=schema)
    digest = hashlib.sha256("\0".join(row.digest for row in known).encode())
    digest.update(str(sorted(map(str, shared.to_pylist()))).encode())
    return Intelligence(tuple(folder(workspace) / row.path for row in known), shared, digest.hexdigest())


def indicators(engine: Engine, known: Intelligence, tables: Iterable[ir.Table]) -> ir.Table:
    """Rows of ``records.ListedIndicator``; a network stands as those of its addresses that ``tables`` have met."""
    shared = engine.memory(known.shared)
    listed = stacked(shared, engine.table(ListedIndicator, known.files)) if known.files else shared
    networks = engine.rows(listed.filter(listed.kind == "network")).to_pylist()
    if not networks:
        return listed
    return stacked(listed, engine.memory(_expanded(networks, met(engine, tables))))


def _expanded(networks: Sequence[dict[str, object]], addresses: Iterable[list[str]]) -> pa.Table:
    table = prefix_table(str(row["value"]) for row in networks)
    rows = []
    for batch in addresses:
        for address, index in zip(batch, table.find(batch).tolist(), strict=True):
            if index != NONE:
                rows.append(networks[index] | {"value": address})
    return pa.Table.from_pylist(rows, schema=arrow_schema(ListedIndicator))


def _listed(row: Indicator) -> dict[str, object]:
    return {
        "source": row.source,
        "kind": row.kind,
        "value": row.value.lower(),
        "port": None,
        "family": None,
        "confidence": CONFIDENCE if row.confidence is None else row.confidence,
        "since": row.valid_from.astimezone(UTC).replace(tzinfo=None),
        "until": row.valid_until.date() if row.valid_until else None,
    }
