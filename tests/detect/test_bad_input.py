"""Odd telemetry gives a right or an honestly empty answer, within bounds."""

import random
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tests.detect.flows import DAY, Row, flow, seen, unanswered
from tests.detect.test_detect import BEACON, fill, watched
from tocsin.detect import detect
from tocsin.detect._findings import PEERS_MAX, SIDES_MAX
from tocsin.detect.summaries.pair_day import PAIRS_MAX
from tocsin.records import Candidate, Dns, Flow, Http, LakeFile, Tls, arrow_schema, columns
from tocsin.store import engine
from tocsin.store.lake import LakeWriter
from tocsin.store.ledger import Ledger, put, read
from tocsin.workspace import Workspace

__all__ = ["watched"]

OPTIONAL = {column.name: None for column in columns(Flow) if column.nullable}


def test_traffic_of_others_gives_nothing(watched: Workspace, ledger: Ledger) -> None:
    fill(watched, ledger, [row | {"initiator": "198.51.100.1", "responder": "203.0.113.1"} for row in BEACON])
    summary = detect(watched, ledger)
    assert summary.findings == ()
    with ledger.look() as connection:
        assert read(connection, Candidate) == []


def test_one_flow_gives_nothing(watched: Workspace, ledger: Ledger) -> None:
    fill(watched, ledger, [flow(0)])
    assert detect(watched, ledger).findings == ()


def test_a_clock_that_runs_backwards_changes_nothing(watched: Workspace, ledger: Ledger) -> None:
    shuffled = random.Random(1).sample(BEACON, len(BEACON))
    fill(watched, ledger, [row | {"duration_us": -1} for row in shuffled])
    (finding,) = detect(watched, ledger).findings
    assert (finding.first_seen.replace(tzinfo=None), finding.evidence[0]["interval_median_seconds"]) == (DAY, 60)


def test_rows_that_say_next_to_nothing_are_not_judged(watched: Workspace, ledger: Ledger) -> None:
    fill(watched, ledger, [row | OPTIONAL for row in BEACON])
    summary = detect(watched, ledger)
    assert summary.findings == ()
    assert "it does not say whether anything came back" in {judgement.reason for judgement in summary.unable}


def test_other_tables_may_say_next_to_nothing_too(watched: Workspace, ledger: Ledger) -> None:
    rows = {Dns: {"query": "", "answers": []}, Tls: {}, Http: {}}
    with LakeWriter(watched.lake, "bare") as writer:
        for record, values in rows.items():
            bare = [seen(record, i, **values) for i in range(50)]
            writer.write(record, pa.Table.from_pylist(bare, schema=arrow_schema(record)))
        files = writer.finish(watched.party, "TLP:AMBER", "test")
    with ledger.write() as connection:
        put(connection, files)
    assert detect(watched, ledger).findings == ()


def test_days_may_lie_a_year_apart(watched: Workspace, ledger: Ledger) -> None:
    apart = (0, 1, 365)
    fill(watched, ledger, [row | {"time": row["time"] + timedelta(days=day)} for day in apart for row in BEACON])
    assert [finding.day for finding in detect(watched, ledger).findings] == [
        date(2026, 3, 1),
        date(2026, 3, 2),
        date(2027, 3, 1),
    ]


def test_a_host_with_very_many_peers_stays_within_bounds(
    watched: Workspace, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scan of 200 000 addresses, on an engine that may use no more than 200 MB."""
    monkeypatch.setattr(engine, "MEMORY_LIMIT", "200MB")
    count = 200_000
    one: Row = unanswered(0, responder_port=23)
    table = pa.Table.from_pylist([one], schema=arrow_schema(Flow)).take(pa.array([0] * count))
    numbers = pa.array(range(count))
    third, fourth = pc.divide(numbers, 256), pc.bit_wise_and(numbers, 255)
    second = pc.add(pc.divide(third, 256), 18)
    parts = [pc.cast(part, pa.string()) for part in (second, pc.bit_wise_and(third, 255), fourth)]
    whole: list[Any] = ["198", *parts, "."]
    addresses = pc.binary_join_element_wise(*whole)
    times = pc.add(table["time"], pc.cast(pc.multiply(numbers, 400_000), pa.duration("us")))
    table = table.set_column(table.schema.get_field_index("responder"), "responder", addresses)
    table = table.set_column(table.schema.get_field_index("time"), "time", times)
    with LakeWriter(watched.lake, "scan") as writer:
        writer.write(Flow, table)
        files = writer.finish(watched.party, "TLP:AMBER", "test")
    with ledger.write() as connection:
        put(connection, files)
    (finding,) = (finding for finding in detect(watched, ledger).findings if finding.behaviour == "scan_horizontal")
    assert finding.evidence[0]["targets"] == count
    assert len(finding.peers) <= PEERS_MAX
    assert len(finding.sides) <= SIDES_MAX
    with ledger.look() as connection:
        (kept,) = read(connection, LakeFile, telemetry="pair_day")
    assert kept.rows == PAIRS_MAX


def test_many_regular_peers_are_one_finding_with_a_bounded_row(watched: Workspace, ledger: Ledger) -> None:
    rows = [row | {"responder": f"198.51.{peer // 250}.{peer % 250}"} for row in BEACON[:30] for peer in range(300)]
    fill(watched, ledger, [row | {"responder_packets": 0} for row in rows])
    (finding,) = (finding for finding in detect(watched, ledger).findings if finding.behaviour == "c2_beacon")
    assert (len(finding.peers), len(finding.sides)) == (PEERS_MAX, SIDES_MAX)
    assert finding.sides[0]["peers_in_all"] == 300
