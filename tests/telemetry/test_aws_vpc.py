"""The reader of Amazon's VPC flow logs."""

import gzip
from datetime import datetime
from pathlib import Path

from tests.telemetry.reading import read_file, read_pieces
from tocsin.telemetry import aws_vpc

SAMPLES = Path(__file__).parents[1] / "samples/flows"
DEFAULT, CUSTOM = ((SAMPLES / name).read_bytes() for name in ("aws_default.log", "aws_custom.log"))
RECORDS = DEFAULT.partition(b"\n")[2]


def test_columns_mean_what_the_vocabulary_says() -> None:
    assert aws_vpc.recognise(DEFAULT)
    outcome = read_file(aws_vpc, gzip.compress(DEFAULT))
    assert not outcome.rejects
    exchange, refused, echo = sorted(outcome.rows, key=lambda row: row["time"])
    assert (exchange["time"], exchange["duration_us"]) == (datetime(2026, 1, 1), 60_000_000)
    assert (exchange["initiator"], exchange["initiator_port"], exchange["responder_port"]) == (
        "192.0.2.10",
        50_000,
        443,
    )
    assert (exchange["initiator_packets"], exchange["responder_bytes"], exchange["state"]) == (6, 5000, None)
    assert (refused["responder_port"], refused["responder_packets"]) == (22, None)
    assert (echo["protocol"], echo["initiator_port"], echo["responder"]) == ("icmp", None, "2001:db8:0:1::2")


def test_the_default_format_needs_no_header() -> None:
    assert aws_vpc.recognise(RECORDS)
    assert read_pieces(aws_vpc, [RECORDS]).rows == read_pieces(aws_vpc, [DEFAULT]).rows


def test_exports_of_log_groups_have_a_time_in_front() -> None:
    timed = b"".join(b"2026-01-01T00:01:00.000Z " + line for line in RECORDS.splitlines(keepends=True))
    assert aws_vpc.recognise(timed)
    assert read_pieces(aws_vpc, [timed]).rows == read_pieces(aws_vpc, [DEFAULT]).rows


def test_custom_formats_are_known_by_their_header() -> None:
    assert aws_vpc.recognise(CUSTOM)
    (row,) = read_pieces(aws_vpc, [CUSTOM]).rows
    assert (row["initiator"], row["responder"]) == ("192.0.2.10", "198.51.100.7"), "what stood in the packet"
    assert row["state"] == "REJ"


def test_a_line_that_is_none_spoils_no_other() -> None:
    lines = DEFAULT.splitlines(keepends=True)
    outcome = read_pieces(
        aws_vpc, [b"".join([*lines[:2], b"2 too few\n", lines[1].replace(b" 6 6 ", b" 6 x "), lines[2]])]
    )
    assert len(outcome.rows) == 1
    assert outcome.reasons == {3: "14 columns expected, 3 found", 4: "packets is not a count: 'x'"}


def test_a_header_without_what_is_needed_is_told() -> None:
    outcome = read_pieces(aws_vpc, [b"srcaddr dstaddr\n192.0.2.10 198.51.100.7\n"])
    assert "does not name" in outcome.reasons[2]


def test_other_text_is_not_its_own() -> None:
    assert not aws_vpc.recognise(b"2 3 4 5\n")
    assert not aws_vpc.recognise(b"address\n")
