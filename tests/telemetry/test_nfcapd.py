"""The reader of nfcapd's files, which nfdump decodes."""

import shutil
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from tests.telemetry.reading import read_pieces
from tocsin.errors import Unreadable
from tocsin.telemetry import nfcapd
from tocsin.telemetry._nfdump import parse_samplers

SAMPLE = (Path(__file__).parents[1] / "samples/flows/exchanges.nfcapd").read_bytes()
NEEDS_NFDUMP = pytest.mark.skipif(shutil.which("nfdump") is None, reason="nfdump")


@NEEDS_NFDUMP
def test_columns_mean_what_the_vocabulary_says() -> None:
    assert nfcapd.recognise(SAMPLE)
    outcome = read_pieces(nfcapd, [SAMPLE])
    rows = {(row["protocol"], row["initiator_port"]): row for row in outcome.rows}
    assert not outcome.rejects
    assert rows["tcp", 50_000] == {
        "sensor": "sensor",
        "time": datetime(2026, 1, 1),
        "initiator": "192.0.2.10",
        "initiator_port": 50_000,
        "responder": "198.51.100.7",
        "responder_port": 443,
        "uid": None,
        "protocol": "tcp",
        "service": None,
        "duration_us": 1_010_000,
        "state": "SF",
        "initiator_packets": 6,
        "initiator_bytes": 600,
        "responder_packets": 8,
        "responder_bytes": 5000,
        "sampling": 1,
    }
    assert rows["icmp", 8]["responder_port"] == 0
    assert rows["47", None]["responder_port"] is None
    assert (rows["tcp", 51_000]["initiator"], rows["tcp", 51_000]["responder"]) == ("2001:db8::a", "2001:db8:0:1::2")


@NEEDS_NFDUMP
def test_what_the_source_does_not_say_the_user_does() -> None:
    rows = read_pieces(nfcapd, [SAMPLE], sampling=10).rows
    assert {(row["sampling"], row["initiator_packets"]) for row in rows} == {(10, 60)}


@NEEDS_NFDUMP
def test_a_real_file_has_all_its_flows(test_data: Path) -> None:
    data = (test_data / "captures/slips-test1-nfdump/test1-malicious.nfdump").read_bytes()
    outcome = read_pieces(nfcapd, [data])
    directions = sum((row["initiator_packets"] is not None) + bool(row["responder_packets"]) for row in outcome.rows)
    assert (directions, outcome.rejects) == (4593, [])
    states = Counter(row["state"] for row in outcome.rows)
    assert states["REJ"] > 2000, "a scan that was refused"


@NEEDS_NFDUMP
def test_a_file_that_is_cut_off_says_so() -> None:
    outcome = read_pieces(nfcapd, [SAMPLE[:-100]])
    assert outcome.cut_off


@NEEDS_NFDUMP
@pytest.mark.parametrize("damaged", [SAMPLE[:4] + b"\xff" * 500, b"\x0c\xa5\x09\x00" + SAMPLE[4:], SAMPLE[:4]])
def test_a_damaged_file_is_told_in_a_line(damaged: bytes) -> None:
    try:
        outcome = read_pieces(nfcapd, [damaged])
    except Unreadable as error:
        assert "\n" not in str(error)
    else:
        assert not outcome.rows


def test_without_nfdump_its_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Unreadable, match="apt-get install nfdump"):
        read_pieces(nfcapd, [SAMPLE])


def test_the_coarsest_sampler_of_an_exporter_counts() -> None:
    text = "SysID: 2, IP: 192.0.2.1\n Sampler: mode: 1, interval: 10\n Sampler: mode: 1, interval: 100\nSysID: 3\n"
    assert parse_samplers(text) == {2: 100}
