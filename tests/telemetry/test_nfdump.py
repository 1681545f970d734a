"""The reader of what nfdump prints."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.telemetry.reading import read_pieces
from tocsin.telemetry import nfdump

SAMPLES = Path(__file__).parents[1] / "samples/flows"
LINES, CSV = ((SAMPLES / name).read_bytes() for name in ("nfdump.long", "nfdump.csv"))
HEADER = LINES.partition(b"\n")[0] + b"\n"


@pytest.mark.parametrize("text", [LINES, CSV], ids=["long", "csv"])
def test_columns_mean_what_the_vocabulary_says(text: bytes) -> None:
    assert nfdump.recognise(text)
    outcome = read_pieces(nfdump, [text])
    rows = {(row["protocol"], row["initiator_port"]): row for row in outcome.rows}
    assert (len(rows), outcome.rejects) == (34, [])
    row = rows["tcp", 50_000]
    assert (row["time"], row["responder_packets"], row["responder_bytes"]) == (datetime(2026, 1, 1), 8, 5000)
    assert (row["initiator"], row["responder"], row["state"]) == ("192.0.2.10", "198.51.100.7", "SF")
    assert rows["icmp", 8]["responder_port"] == 0
    assert rows["tcp", 51_000]["responder"] == "2001:db8:0:1::2"


def test_csv_of_other_versions_has_type_and_code_apart() -> None:
    outcome = read_pieces(nfdump, [CSV.replace(b",0,2048,ICMP,", b",0,3.1,ICMP,")])
    assert [row["responder_port"] for row in outcome.rows if row["initiator_port"] == 3] == [1]


def test_lines_without_flags_and_with_units_are_read() -> None:
    line = b"2026-01-01 00:00:01.5  01:00:00.250 UDP  192.0.2.10:50000 ->  198.51.100.7:53  1.5 M  2.0 G  1\n"
    (row,) = read_pieces(nfdump, [HEADER + line]).rows
    assert (row["initiator_packets"], row["initiator_bytes"]) == (1_500_000, 2_000_000_000)
    assert row["duration_us"] == 3_600_250_000


def test_a_line_that_is_none_spoils_no_other() -> None:
    good = LINES.splitlines(keepends=True)[1]
    outcome = read_pieces(nfdump, [HEADER + b"nonsense\n" + good.replace(b"TCP", b"?!?") + good])
    assert len(outcome.rows) == 1
    assert outcome.reasons == {
        2: "it is no flow as nfdump prints them",
        3: "protocol is not a known protocol: '?!?'",
    }


def test_other_text_is_not_its_own() -> None:
    assert not nfdump.recognise(b"Date of birth\n")
    assert not nfdump.recognise(b"ts,uid,id.orig_h\n")


def test_what_others_labelled_is_read(test_data: Path) -> None:
    for name, rows in (("nfcapd.sample1", 35), ("nfcapd.sample2", 167)):
        outcome = read_pieces(nfdump, [(test_data / "decoders/flow-formats" / name).read_bytes()])
        directions = sum(
            (row["initiator_packets"] is not None) + bool(row["responder_packets"]) for row in outcome.rows
        )
        assert (directions, outcome.rejects) == (rows, [])
