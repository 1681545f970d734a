"""The reader of GoFlow2's JSON, in the names of both versions."""

from datetime import datetime
from pathlib import Path

from tests.telemetry.reading import read_pieces
from tocsin.telemetry import goflow2

SAMPLES = Path(__file__).parents[1] / "samples/flows"
FLOWS, FIRST = ((SAMPLES / name).read_bytes() for name in ("goflow2.json", "goflow2_first.json"))


def test_columns_mean_what_the_vocabulary_says() -> None:
    assert goflow2.recognise(FLOWS)
    outcome = read_pieces(goflow2, [FLOWS], sampling=5)
    assert not outcome.rejects
    exchange, echo, sample = sorted(outcome.rows, key=lambda row: row["time"])
    assert (exchange["time"], exchange["duration_us"]) == (datetime(2026, 1, 1), 1_510_000)
    assert (exchange["sampling"], exchange["initiator_packets"], exchange["responder_bytes"]) == (100, 600, 500_000)
    assert (exchange["initiator_port"], exchange["responder_port"], exchange["state"]) == (50_000, 443, None)
    assert (echo["protocol"], echo["initiator_port"], echo["responder_port"]) == ("icmp", 8, 0)
    assert (echo["sampling"], echo["initiator_packets"]) == (5, 5)
    assert (sample["initiator"], sample["sampling"], sample["initiator_bytes"]) == ("2001:db8::a", 1024, 1518 * 1024)


def test_the_first_version_is_read_too() -> None:
    assert goflow2.recognise(FIRST)
    (row,) = read_pieces(goflow2, [FIRST]).rows
    assert (row["time"], row["duration_us"]) == (datetime(2026, 1, 1), 1_000_000)
    assert (row["protocol"], row["sampling"], row["initiator_packets"]) == ("tcp", 10, 60)


def test_a_line_that_is_none_spoils_no_other() -> None:
    lines = FLOWS.splitlines(keepends=True)
    late = lines[3].replace(b'"time_flow_start_ns":1767225603000000000,', b"").replace(b"1024", b'"many"')
    outcome = read_pieces(goflow2, [lines[0] + b"nonsense\n" + late + lines[3]])
    assert len(outcome.rows) == 2
    assert outcome.reasons[3] == "sampling_rate is not a sampling rate: 'many'"


def test_a_flow_without_a_start_has_the_time_of_its_packet() -> None:
    line = FLOWS.splitlines(keepends=True)[3].replace(b'_start_ns":1767225603000000000', b'_start_ns":0')
    (row,) = read_pieces(goflow2, [line]).rows
    assert row["time"] == datetime(2026, 1, 1, 0, 0, 3)
