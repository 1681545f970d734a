"""The reader of Google's VPC flow logs."""

from datetime import datetime
from pathlib import Path

from tests.telemetry.reading import read_pieces
from tocsin.telemetry import gcp_vpc

FLOWS = (Path(__file__).parents[1] / "samples/flows/gcp.json").read_bytes()


def test_columns_mean_what_the_vocabulary_says() -> None:
    assert gcp_vpc.recognise(FLOWS)
    outcome = read_pieces(gcp_vpc, [FLOWS])
    assert not outcome.rejects
    exchange, echo = sorted(outcome.rows, key=lambda row: row["time"])
    assert (exchange["time"], exchange["duration_us"]) == (datetime(2026, 1, 1, 0, 0, 0, 123_456), 5_076_544)
    assert (exchange["initiator_port"], exchange["responder_port"], exchange["protocol"]) == (50_000, 443, "tcp")
    assert (exchange["initiator_packets"], exchange["responder_bytes"]) == (6, 5000)
    assert (echo["protocol"], echo["initiator_port"], echo["initiator_bytes"]) == ("icmp", None, 84)


def test_it_never_says_that_nothing_came_back() -> None:
    pair, lone = FLOWS.splitlines(keepends=True)[:2], FLOWS.splitlines(keepends=True)[0]
    lines = []
    for minute in range(60):
        stamps = [line.replace(b"T00:00:0", b"T00:%02d:0" % minute) for line in pair]
        lines += [*stamps, lone.replace(b"T00:00:0", b"T00:%02d:0" % minute).replace(b":443", b":8443")]
    rows = read_pieces(gcp_vpc, lines).rows
    assert {row["responder_packets"] for row in rows if row["responder_port"] == 8443} == {None}


def test_what_both_sides_reported_is_not_mixed() -> None:
    source, target = FLOWS.splitlines(keepends=True)[:2]
    rows = read_pieces(gcp_vpc, [source + target.replace(b"DEST", b"SRC")]).rows
    assert len(rows) == 2


def test_a_line_that_is_none_spoils_no_other() -> None:
    lines = FLOWS.splitlines(keepends=True)
    outcome = read_pieces(gcp_vpc, [lines[0] + b'{"jsonPayload": 7}\n' + lines[2].replace(b'"84"', b'"-1"') + lines[2]])
    assert len(outcome.rows) == 2
    assert outcome.reasons.keys() == {2, 3}
