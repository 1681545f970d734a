"""Detectors run over telemetry made to order."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from tests.detect.flows import Detect, Row
from tocsin.detect._findings import REPORTED
from tocsin.detect._inputs import Inputs, parameters
from tocsin.detect._places import places
from tocsin.parties.directory import Directory
from tocsin.parties.lookup import prefix_table
from tocsin.records import SEEN_TABLES, Flow, ListedIndicator, Network, arrow_schema, table_name
from tocsin.store.engine import Engine, open_engine
from tocsin.units import units

RECORDS = {table_name(record): record for record in SEEN_TABLES} | {"indicator": ListedIndicator}


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with open_engine() as opened:
        yield opened


@pytest.fixture
def inputs(engine: Engine) -> Iterator[Callable[..., Inputs]]:
    """Inputs over flows and, by keyword, rows of other tables; 192.0.2.0/24 and 2001:db8::/32 are local."""
    kept = {"party": "example", "marking": "TLP:CLEAR", "source": "test"}
    networks = tuple(
        Network(holder="example", prefix=prefix, asn=None, since=date(2026, 1, 1), until=None, **kept)
        for prefix in ("192.0.2.0/24", "2001:db8::/32")
    )
    directory = Directory(networks, prefix_table(network.prefix for network in networks))

    def made(rows: list[Row], **others: list[Row]) -> Inputs:
        given = {table_name(Flow): rows} | others
        tables = {
            name: engine.memory(pa.Table.from_pylist(given.get(name, []), schema=arrow_schema(record)))
            for name, record in RECORDS.items()
        }
        seen = [tables[table_name(record)] for record in SEEN_TABLES]
        return Inputs(engine, tables | {"place": places(engine, directory, seen)})

    yield made
    engine.release()


@pytest.fixture
def detect(engine: Engine, inputs: Callable[..., Inputs]) -> Detect:
    """Run the detector of a name over flows and, by keyword, rows of other tables; its rows, the strongest first.

    What is too weak to be reported is left out; ``weak=True`` gives only that.
    """

    def run(name: str, rows: list[Row], *, weak: bool = False, **others: Any) -> list[Row]:
        detector = units("tocsin.detect")[name].load()
        given = inputs(rows, **{table: others.pop(table) for table in RECORDS.keys() & others.keys()})
        tables = {parameter: given.table(parameter) for parameter in parameters(detector.detect)}
        found = engine.rows(detector.detect(**tables, **others)).to_pylist()
        found = [row for row in found if (row["score"] < REPORTED) == weak]
        return sorted(found, key=lambda row: (-row["score"], row.get("peer") or ""))

    return run
