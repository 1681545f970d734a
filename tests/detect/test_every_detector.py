"""All detectors together: each fires on telemetry made for it, and finds the same on Spark's executors."""

import math
import os
import shutil
from dataclasses import asdict, replace
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from tests.detect import (
    test_brute_force,
    test_c2_beacon,
    test_click_fraud,
    test_ddos_victim,
    test_detect,
    test_dns_tunnel,
    test_exfiltration,
    test_exposed_service,
    test_p2p,
    test_reflector,
    test_spam,
    test_spoofed_source,
)
from tests.detect.flows import HOST, Row, flow
from tests.detect.questions import each, generated
from tocsin.detect import Options, detect, import_lists
from tocsin.parties.enrol import Entry, enrol
from tocsin.records import Dns, Finding, Flow, Http, Login, Looked, Telemetry, arrow_schema
from tocsin.store.lake import LakeWriter
from tocsin.store.ledger import Ledger, put, remove
from tocsin.units import units
from tocsin.workspace import Workspace


def of_host(last: int, rows: list[Row]) -> list[Row]:
    """The same, for another host of the network."""
    other = f"192.0.2.{last}"
    return [{key: other if value == HOST else value for key, value in row.items()} for row in rows]


# Lists take no addresses that are kept for documentation, for nobody answers there; this one is example.com's.
LISTED = "93.184.215.14"

FLOWS = (
    test_detect.BEACON + test_detect.CHANNEL + test_detect.FLOOD + test_detect.SCAN + test_detect.PORTS,
    test_p2p.crowd() + test_p2p.search(),
    test_spam.mail(),
    [test_exfiltration.upload()],
    test_ddos_victim.flood(),
    [test_reflector.asked(second) for second in range(50)],
    [test_exposed_service.served(second) for second in range(3)],
    [test_brute_force.connection(second * 4) for second in range(120)],
    test_spoofed_source.OWN + test_spoofed_source.forged(),
    [flow(second, responder=LISTED) for second in range(2)],
)
TELEMETRY: dict[type[Telemetry], list[Row]] = {
    Flow: [row for last, rows in enumerate(FLOWS, 30) for row in of_host(last, rows)],
    Dns: of_host(60, each(generated(40))) + of_host(61, test_dns_tunnel.session(40)),
    Http: of_host(62, test_click_fraud.clicks())
    + of_host(63, [test_c2_beacon.connect(moment) for moment in test_c2_beacon.varied(200, 300, 6)]),
    Login: of_host(64, [test_brute_force.login(second * 9) for second in range(30)]),
}


@pytest.fixture
def filled(workspace: Workspace, ledger: Ledger) -> Workspace:
    """A workspace with telemetry for every detector, and a list that one of its hosts met."""
    (listed := workspace.folder / "listed.txt").write_text(f"{LISTED}:4444\n")
    import_lists(workspace, ledger, [listed], Options(confidence=90))
    with LakeWriter(workspace.lake, "one") as writer:
        for record, rows in TELEMETRY.items():
            writer.write(record, pa.Table.from_pylist(rows, schema=arrow_schema(record)))
        files = writer.finish(workspace.party, "TLP:AMBER", "test")
    with ledger.write() as connection:
        put(connection, files)
        enrol(connection, workspace, Entry(id="example-campus", networks=("192.0.2.0/24",), since=date(2018, 1, 1)))
    return workspace


def test_every_detector_fires(filled: Workspace, ledger: Ledger) -> None:
    assert {finding.behaviour for finding in detect(filled, ledger).findings} == set(units("tocsin.detect"))


# PySpark leaves the sockets that rows come through to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
@pytest.mark.skipif(shutil.which("java") is None, reason="java")
def test_every_detector_finds_the_same_on_spark(filled: Workspace, ledger: Ledger) -> None:
    """On executors in processes of their own: ids and decisions exactly, other doubles within 1e-9."""
    assert "local-cluster" in os.environ["PYSPARK_SUBMIT_ARGS"]
    on_duckdb = detect(filled, ledger).findings
    with ledger.write() as connection:
        remove(connection, Looked)
    on_spark = detect(filled, ledger, engine="spark").findings
    assert [_exact(finding) for finding in on_spark] == [_exact(finding) for finding in on_duckdb]
    for one, other in zip(on_spark, on_duckdb, strict=True):
        for mine, theirs in zip(one.evidence, other.evidence, strict=True):
            assert mine.keys() == theirs.keys()
            for key, value in mine.items():
                assert value == theirs[key] or math.isclose(value, theirs[key], rel_tol=1e-9), key


def _exact(finding: Finding) -> dict[str, Any]:
    return asdict(replace(finding, evidence=[], sides=[]))
