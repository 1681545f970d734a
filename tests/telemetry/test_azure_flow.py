"""The reader of Azure's flow logs."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from tests.telemetry.reading import read_pieces
from tocsin.errors import Unreadable
from tocsin.telemetry import _azure, azure_flow

SAMPLES = Path(__file__).parents[1] / "samples/flows"
GROUP, NETWORK = ((SAMPLES / name).read_bytes() for name in ("azure_group.json", "azure_network.json"))


def test_network_security_groups() -> None:
    assert azure_flow.recognise(GROUP)
    outcome = read_pieces(azure_flow, [GROUP])
    assert not outcome.rejects
    rows = {row["initiator_port"]: row for row in outcome.rows}
    assert rows.keys() == {50_000, 40_000, 40_001, 40_002}
    row = rows[50_000]
    assert (row["time"], row["duration_us"]) == (datetime(2026, 1, 1, 0, 1), None)
    assert (row["initiator_packets"], row["initiator_bytes"]) == (6, 600)
    assert (row["responder_packets"], row["responder_bytes"]) == (8, 5000)
    for denied in (40_000, 40_001, 40_002):
        assert rows[denied]["responder_packets"] == 0
    assert [rows[denied]["initiator_packets"] for denied in (40_000, 40_001, 40_002)] == [None, 1, None]
    assert {row["protocol"] for row in outcome.rows} == {"tcp", "udp"}


def test_virtual_networks() -> None:
    assert azure_flow.recognise(NETWORK)
    rows = {row["initiator_port"]: row for row in read_pieces(azure_flow, [NETWORK]).rows}
    assert rows[50_000]["time"] == datetime(2026, 1, 1, 0, 1, 0, 250_000)
    assert (rows[50_000]["responder_packets"], rows[40_000]["responder_packets"]) == (8, 0)
    assert rows[40_000]["initiator_packets"] is None


def test_records_may_stand_one_a_line_and_come_in_pieces_of_any_size() -> None:
    lines = b"\n".join(json.dumps(record).encode() for record in json.loads(GROUP)["records"])
    whole = read_pieces(azure_flow, [GROUP]).rows
    assert read_pieces(azure_flow, [lines]).rows == whole
    assert read_pieces(azure_flow, [GROUP[at : at + 50] for at in range(0, len(GROUP), 50)]).rows == whole


def test_a_record_or_tuple_that_is_none_spoils_no_other() -> None:
    broken = GROUP.replace(b"1767225606,", b"yesterday,").replace(b'"Version":1', b'"Vision":1')
    outcome = read_pieces(azure_flow, [broken])
    assert len(outcome.rows) == 2
    assert outcome.reasons == {1: "time is not a time: 'yesterday'", 2: "it is no record of a flow log"}


def test_a_document_that_is_cut_off_gives_what_is_whole() -> None:
    outcome = read_pieces(azure_flow, [GROUP[:-60]])
    assert len(outcome.rows) == 3
    assert outcome.reasons == {2: "it is cut off or no JSON"}


def test_a_record_of_any_size_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_azure, "LARGEST_RECORD", 100)
    with pytest.raises(Unreadable, match="larger"):
        read_pieces(azure_flow, [GROUP[:500], b"x" * 500])


def test_other_documents_are_not_its_own() -> None:
    assert not azure_flow.recognise(b'{"records": [{"category": "AuditEvent"}]}')
    assert not azure_flow.recognise(b"FlowLogFlowEvent")
