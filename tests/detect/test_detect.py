"""The whole detection over a lake: what it keeps, what it cannot judge, and the same on another engine."""

import math
import shutil
from dataclasses import asdict, replace
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from tests.detect.flows import HOST, PEER, Row, flow, seen, unanswered
from tocsin.detect import Options, Wanted, add_rule, detect, import_lists
from tocsin.errors import WrongUse
from tocsin.parties.enrol import Entry, enrol
from tocsin.records import Alert, Candidate, Dns, Finding, Flow, Judgement, Looked, Network, arrow_schema, columns
from tocsin.records.detection import Detection
from tocsin.store.lake import LakeWriter
from tocsin.store.ledger import Ledger, put, read, remove
from tocsin.units import units
from tocsin.workspace import Workspace

BEACON = [unanswered(i * 60) for i in range(600)]
CHANNEL = [flow(i * 200, responder="198.51.100.9") for i in range(200)]
SCAN = [unanswered(i, responder=f"198.18.0.{i}", responder_port=23) for i in range(1, 60)]
PORTS = [unanswered(i / 9, initiator="192.0.2.11", responder="192.0.2.12", responder_port=i) for i in range(1, 60)]
FLOOD = [unanswered(i, responder="203.0.113.5", initiator_packets=5000, duration_us=10**6) for i in range(90)]


def fill(workspace: Workspace, ledger: Ledger, rows: list[Row], name: str = "one") -> None:
    with LakeWriter(workspace.lake, name) as writer:
        writer.write(Flow, pa.Table.from_pylist(rows, schema=arrow_schema(Flow)))
        files = writer.finish(workspace.party, "TLP:AMBER", "test")
    with ledger.write() as connection:
        put(connection, files)


def add_dns(workspace: Workspace, ledger: Ledger, rows: list[Row]) -> None:
    with LakeWriter(workspace.lake, "dns") as writer:
        writer.write(Dns, pa.Table.from_pylist(rows, schema=arrow_schema(Dns)))
        files = writer.finish(workspace.party, "TLP:AMBER", "test")
    with ledger.write() as connection:
        put(connection, files)


@pytest.fixture
def watched(workspace: Workspace, ledger: Ledger) -> Workspace:
    """The workspace, with the network of the flows in it."""
    with ledger.write() as connection:
        enrol(connection, workspace, Entry(id="example-campus", networks=("192.0.2.0/24",), since=date(2018, 1, 1)))
    return workspace


def test_one_finding_for_each_behaviour_and_day(watched: Workspace, ledger: Ledger) -> None:
    next_day = [row | {"time": row["time"].replace(day=2)} for row in BEACON]
    fill(watched, ledger, BEACON + CHANNEL + FLOOD + next_day)
    summary = detect(watched, ledger)
    assert [(f.day.day, f.behaviour, [p["address"] for p in f.peers]) for f in summary.findings] == [
        (1, "c2_beacon", [PEER, "198.51.100.9"]),
        (1, "c2_channel", ["198.51.100.9"]),
        (1, "ddos_source", ["203.0.113.5"]),
        (2, "c2_beacon", [PEER]),
    ]
    first = summary.findings[0]
    assert (first.host, first.subject) == (HOST, {"kind": "host", "value": HOST})
    assert first.technique == "T1071"
    assert first.first_seen.isoformat() == "2026-03-01T00:00:00+00:00"
    assert first.evidence[0]["contacts"] == 600
    assert len(first.evidence) == len(first.peers)
    with ledger.look() as connection:
        assert {f.id for f in read(connection, Finding)} == {f.id for f in summary.findings}


def test_a_peer_has_the_name_by_which_it_was_found(watched: Workspace, ledger: Ledger) -> None:
    fill(watched, ledger, BEACON)
    add_dns(watched, ledger, [seen(Dns, 5, query="c2.example.net", answers=[PEER])])
    (finding,) = detect(watched, ledger).findings
    assert finding.peers == [{"address": PEER, "port": 4444, "proto": "tcp", "name": "c2.example.net"}]


def test_looking_again_changes_nothing(watched: Workspace, ledger: Ledger) -> None:
    fill(watched, ledger, BEACON + FLOOD)
    first = detect(watched, ledger).findings
    again = detect(watched, ledger)
    assert (again.findings, again.skipped) == ((), again.days)
    with ledger.look() as connection:
        assert read(connection, Finding) == sorted(first, key=lambda finding: finding.id)


def test_many_peers_are_one_finding(watched: Workspace, ledger: Ledger) -> None:
    rows = [row | {"responder": f"198.51.100.{peer}"} for row in BEACON for peer in range(30)]
    fill(watched, ledger, rows)
    (finding,) = [finding for finding in detect(watched, ledger).findings if finding.behaviour == "c2_beacon"]
    assert len(finding.peers) == 20
    assert "the same with 29 more" in finding.explanation


def test_a_sensor_that_samples_cannot_be_judged_for_beacons(watched: Workspace, ledger: Ledger) -> None:
    sampled = [row | {"sensor": "core", "sampling": 100} for row in BEACON]
    fill(watched, ledger, sampled + FLOOD)
    summary = detect(watched, ledger)
    assert [f.behaviour for f in summary.findings] == ["ddos_source"]
    unable = {u.detector: u.reason for u in summary.unable if u.sensor == "core" and "packet" in str(u.reason)}
    assert unable["c2_beacon"] == "it looks at 1 packet in 100; at least 1 in 1 is needed"
    assert {"c2_channel", "scan_horizontal", "scan_vertical"} <= unable.keys()
    assert "ddos_source" not in unable
    with ledger.look() as connection:
        assert len(read(connection, Judgement)) == 2 * len(units("tocsin.detect"))


def test_what_the_source_does_not_say_is_said(watched: Workspace, ledger: Ledger) -> None:
    fill(watched, ledger, [row | {"responder_packets": None, "responder_bytes": None} for row in BEACON + FLOOD])
    summary = detect(watched, ledger)
    assert summary.findings == ()
    assert {u.reason for u in summary.unable if u.detector in ("c2_beacon", "ddos_source", "scan_horizontal")} == {
        "it does not say whether anything came back"
    }


def test_bytes_alone_say_whether_anything_came_back(watched: Workspace, ledger: Ledger) -> None:
    fill(watched, ledger, [row | {"responder_packets": None} for row in BEACON])
    assert "c2_beacon" not in {u.detector for u in detect(watched, ledger).unable}


def test_two_sensors_that_saw_the_same_count_once(watched: Workspace, ledger: Ledger) -> None:
    fill(watched, ledger, BEACON + [row | {"sensor": "core"} for row in BEACON])
    (finding,) = detect(watched, ledger).findings
    assert len(finding.peers) == 1


def test_an_empty_lake_gives_nothing(watched: Workspace, ledger: Ledger) -> None:
    summary = detect(watched, ledger)
    assert (summary.days, summary.findings, summary.unable) == ((), (), ())


def test_without_networks_they_are_taken_from_the_traffic(workspace: Workspace, ledger: Ledger) -> None:
    with ledger.write() as connection:
        remove(connection, Network)
    fill(workspace, ledger, [row | {"initiator": "10.1.2.3"} for row in BEACON])
    summary = detect(workspace, ledger)
    assert [finding.host for finding in summary.findings] == ["10.1.2.3"]
    (network,) = summary.inferred
    assert network.prefix == "10.0.0.0/8"
    assert network.why == "1 private address (RFC 1918), in 100 % of the rows"
    assert detect(workspace, ledger).skipped == summary.days


def test_where_the_traffic_gives_nothing_away_it_says_what_to_do(workspace: Workspace, ledger: Ledger) -> None:
    with ledger.write() as connection:
        remove(connection, Network)
    transit = [flow(i, initiator=f"198.{i}.100.1", responder=f"203.{i}.113.1") for i in range(100)]
    fill(workspace, ledger, transit)
    with pytest.raises(WrongUse, match="no network is known to be yours"):
        detect(workspace, ledger)


def test_alerts_stand_beside_findings_and_make_none(watched: Workspace, ledger: Ledger) -> None:
    told = ("ET MALWARE one", "ET MALWARE one", "ET POLICY two")
    alerts = [seen(Alert, i, responder=PEER, signature=text) for i, text in enumerate(told)]
    other = [seen(Alert, 9, initiator="198.51.100.99", responder="192.0.2.77", signature="ET SCAN three")]
    fill(watched, ledger, BEACON)
    with LakeWriter(watched.lake, "alerts") as writer:
        writer.write(Alert, pa.Table.from_pylist(alerts + other, schema=arrow_schema(Alert)))
        files = writer.finish(watched.party, "TLP:AMBER", "test")
    with ledger.write() as connection:
        put(connection, files)
    (finding,) = detect(watched, ledger).findings
    assert (finding.host, finding.score) == (HOST, 0.9)
    assert finding.evidence[0]["alerts"] == 3
    assert finding.evidence[0]["alert_signatures"] == ["ET MALWARE one", "ET POLICY two"]


def test_every_detector_returns_the_columns_of_the_vocabulary(watched: Workspace, ledger: Ledger) -> None:
    fill(watched, ledger, BEACON + CHANNEL + FLOOD + SCAN + PORTS)
    for finding in detect(watched, ledger).findings:
        for evidence in finding.evidence:
            assert not {column.name for column in columns(Detection)} & set(evidence)
            assert all(isinstance(value, int | float) for value in evidence.values())


# PySpark leaves the sockets that rows come through to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
@pytest.mark.skipif(shutil.which("java") is None, reason="java")
def test_spark_finds_the_same(watched: Workspace, ledger: Ledger) -> None:
    """Ids and decisions exactly; other doubles within 1e-9."""
    next_day = [row | {"time": row["time"].replace(day=2)} for row in BEACON]
    ipv6 = [row | {"initiator": "2001:db8::5", "responder": "2a00::1"} for row in CHANNEL]
    web = [row | {"responder": "198.51.100.80", "responder_port": 443} for row in CHANNEL]
    (listed := watched.folder / "listed.txt").write_text("93.184.215.14:4444\n93.184.216.0/24\nc2.example.net\n")
    import_lists(watched, ledger, [listed], Options(confidence=90))
    met = [flow(i, responder=f"93.184.{215 + i}.14") for i in range(2)]
    asked = {"a.c2.example.net": [], "www.example.net": [PEER]}
    add_dns(watched, ledger, [seen(Dns, 5, query=name, answers=answers) for name, answers in asked.items()])
    fill(watched, ledger, BEACON + CHANNEL + FLOOD + SCAN + PORTS + next_day + ipv6 + web + met)
    on_duckdb = detect(watched, ledger).findings
    assert len(on_duckdb) == 7
    with ledger.write() as connection:
        weak = read(connection, Candidate)
        remove(connection, Looked)
    on_spark = detect(watched, ledger, engine="spark").findings
    with ledger.look() as connection:
        assert [(c.id, c.score, c.peers) for c in read(connection, Candidate)] == [
            (c.id, c.score, c.peers) for c in weak
        ]
    assert [_exact(f) for f in on_spark] == [_exact(f) for f in on_duckdb]
    for one, other in zip(on_spark, on_duckdb, strict=True):
        assert [e.keys() for e in one.evidence] == [e.keys() for e in other.evidence]
        for mine, theirs in zip(one.evidence + one.sides, other.evidence + other.sides, strict=True):
            for key, value in mine.items():
                assert value == theirs[key] or math.isclose(value, theirs[key], rel_tol=1e-9), key


def _exact(finding: Finding) -> dict[str, Any]:
    return asdict(replace(finding, evidence=[], sides=[]))


def test_what_no_longer_holds_goes(watched: Workspace, ledger: Ledger) -> None:
    fill(watched, ledger, BEACON + CHANNEL)
    first = detect(watched, ledger).findings
    fill(watched, ledger, [row | {"responder": "203.0.113.77"} for row in BEACON[:3]], "two")
    with ledger.write() as connection:
        put(connection, [replace(first[0], id="stale", behaviour="c2_beacon")])
    detect(watched, ledger)
    with ledger.look() as connection:
        assert {finding.id for finding in read(connection, Finding)} == {finding.id for finding in first}


def test_what_a_rule_hides_is_hidden_from_the_start_and_stays_so(watched: Workspace, ledger: Ledger) -> None:
    with ledger.write() as connection:
        add_rule(connection, watched, "agent", Wanted(behaviours=["c2_channel"]), reason="Our agent.")
    fill(watched, ledger, BEACON + CHANNEL)
    for _ in range(2):
        assert {f.behaviour: f.suppressed_by for f in detect(watched, ledger).findings} == {
            "c2_beacon": None,
            "c2_channel": "agent",
        }
        fill(watched, ledger, [row | {"responder": "203.0.113.77"} for row in BEACON[:3]], "two")


def test_weak_evidence_becomes_a_candidate_and_no_finding(watched: Workspace, ledger: Ledger) -> None:
    on_web_port = [flow(i * 60, responder_port=443) for i in range(600)]
    fill(watched, ledger, on_web_port)
    assert detect(watched, ledger).findings == ()
    with ledger.look() as connection:
        assert read(connection, Finding) == []
        (weak,) = read(connection, Candidate)
    assert (weak.behaviour, weak.subject["value"], weak.score) == ("c2_beacon", HOST, 0.45)
    assert weak.peers == [{"address": PEER, "port": 443, "proto": "tcp", "name": None}]
    assert weak.evidence[0]["contacts"] == 600


def test_strong_and_weak_peers_of_a_host_are_kept_apart(watched: Workspace, ledger: Ledger) -> None:
    fill(watched, ledger, BEACON + [flow(i * 60, responder="198.51.100.9", responder_port=443) for i in range(600)])
    (finding,) = detect(watched, ledger).findings
    with ledger.look() as connection:
        (weak,) = read(connection, Candidate)
    assert [peer["address"] for peer in finding.peers] == [PEER]
    assert "more" not in finding.explanation
    assert [peer["address"] for peer in weak.peers] == ["198.51.100.9"]


def test_candidates_that_no_longer_hold_go(watched: Workspace, ledger: Ledger) -> None:
    fill(watched, ledger, [flow(i * 60, responder_port=443) for i in range(600)])
    detect(watched, ledger)
    with ledger.write() as connection:
        (weak,) = read(connection, Candidate)
        put(connection, [replace(weak, id="stale")])
    fill(watched, ledger, [flow(1, responder="198.51.100.200")], "two")
    detect(watched, ledger)
    with ledger.look() as connection:
        assert [candidate.id for candidate in read(connection, Candidate)] == [weak.id]
