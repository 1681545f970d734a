"""Lists and what partners have shared are one table; networks stand as the addresses that were met in them."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from tests.detect.flows import flow
from tocsin.detect._intelligence import Options, import_lists, indicators, intelligence
from tocsin.records import Flow, Indicator, arrow_schema
from tocsin.store.engine import Engine
from tocsin.store.ledger import Ledger, put
from tocsin.workspace import Workspace


def test_one_table(workspace: Workspace, ledger: Ledger, engine: Engine, tmp_path: Path) -> None:
    (path := tmp_path / "nets.txt").write_text("93.184.215.0/24\nc2.example.net\n")
    import_lists(workspace, ledger, [path], Options())
    with ledger.write() as connection:
        before = intelligence(workspace, connection)
        shared = Indicator(
            party="isp",
            marking="TLP:GREEN",
            source="partner",
            id="1",
            kind="name",
            value="C2.example.org",
            confidence=None,
            valid_from=datetime(2018, 1, 1, tzinfo=UTC),
            valid_until=None,
        )
        put(connection, [shared])
        known = intelligence(workspace, connection)
    assert known.digest != before.digest
    met = [flow(0, responder=f"93.184.215.{i}") for i in (3, 3, 9)] + [flow(0, responder="198.51.100.1")]
    flows = engine.memory(pa.Table.from_pylist(met, schema=arrow_schema(Flow)))
    rows = engine.rows(indicators(engine, known, [flows])).to_pylist()
    assert sorted((row["source"], row["kind"], row["value"]) for row in rows) == [
        ("nets", "name", "c2.example.net"),
        ("nets", "network", "93.184.215.0/24"),
        ("nets", "network", "93.184.215.3"),
        ("nets", "network", "93.184.215.9"),
        ("partner", "name", "c2.example.org"),
    ]
