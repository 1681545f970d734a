"""Detectors run over flows made to order."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from tests.detect.flows import Detect, Row
from tocsin.detect._inputs import Inputs, parameters
from tocsin.detect._places import places
from tocsin.parties.directory import Directory
from tocsin.parties.lookup import prefix_table
from tocsin.records import Flow, Network, arrow_schema
from tocsin.store.engine import Engine, open_engine
from tocsin.units import units


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with open_engine() as opened:
        yield opened


@pytest.fixture
def inputs(engine: Engine) -> Iterator[Callable[[list[Row]], Inputs]]:
    """Inputs over flows, with 192.0.2.0/24 and 2001:db8::/32 as local networks."""
    kept = {"party": "example", "marking": "TLP:CLEAR", "source": "test"}
    networks = tuple(
        Network(holder="example", prefix=prefix, asn=None, since=date(2026, 1, 1), until=None, **kept)
        for prefix in ("192.0.2.0/24", "2001:db8::/32")
    )
    directory = Directory(networks, prefix_table(network.prefix for network in networks))

    def made(rows: list[Row]) -> Inputs:
        table = engine.memory(pa.Table.from_pylist(rows, schema=arrow_schema(Flow)))
        return Inputs(engine, {"flow": table, "place": places(engine, directory, table)})

    yield made
    engine.release()


@pytest.fixture
def detect(engine: Engine, inputs: Callable[[list[Row]], Inputs]) -> Detect:
    """Run the detector of a name over flows; its rows, the strongest first."""

    def run(name: str, rows: list[Row], **thresholds: Any) -> list[Row]:
        detector = units("tocsin.detect")[name].load()
        given = inputs(rows)
        tables = {parameter: given.table(parameter) for parameter in parameters(detector.detect)}
        found = engine.rows(detector.detect(**tables, **thresholds)).to_pylist()
        return sorted(found, key=lambda row: (-row["score"], row["peer"]))

    return run
