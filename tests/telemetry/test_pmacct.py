"""The reader of what pmacct prints."""

from pathlib import Path

from tests.telemetry.reading import read_pieces
from tocsin.telemetry import pmacct

SAMPLES = Path(__file__).parents[1] / "samples/flows"
FLOWS = (SAMPLES / "nfacctd.json").read_bytes()


def test_columns_mean_what_the_vocabulary_says() -> None:
    assert pmacct.recognise(FLOWS)
    outcome = read_pieces(pmacct, [FLOWS], sampling=3)
    assert not outcome.rejects
    rows = {(row["protocol"], row["initiator_port"]): row for row in outcome.rows}
    assert len(rows) == 10
    row = rows["tcp", 50_000]
    assert (row["initiator"], row["responder"], row["responder_port"]) == ("192.0.2.10", "198.51.100.7", 443)
    assert (row["sampling"], row["initiator_packets"], row["responder_packets"]) == (10, 60, 80)
    assert row["duration_us"] == 2_000_000
    assert rows["icmp", 8]["responder_port"] == 0
    assert (rows["icmp", 128]["initiator"], rows["icmp", 128]["responder_port"]) == ("2001:db8::a", 0)
    assert rows["47", None]["initiator_packets"] == 60
    assert rows["tcp", 51_000]["sampling"] == 3, "0 says that the rate is not known"


def test_samples_of_sflow_begin_when_they_came() -> None:
    lines = (SAMPLES / "sfacctd.json").read_bytes()
    assert pmacct.recognise(lines)
    rows = read_pieces(pmacct, [lines]).rows
    assert {(row["initiator_port"], row["sampling"], row["initiator_packets"]) for row in rows} == {
        (50_000, 1024, 1024)
    }
    assert {row["duration_us"] for row in rows} == {None}
    assert all(f"{row['time']:%Y-%m-%dT%H:%M:%S.%f}Z".encode() in lines for row in rows)


def test_a_row_without_a_time_of_its_own_has_that_of_the_interval() -> None:
    line = (
        b'{"event_type": "purge", "ip_src": "192.0.2.10", "ip_dst": "198.51.100.7", "ip_proto": "udp", "packets": 1, '
        b'"bytes": 60, "timestamp_start": "1970-01-01 00:00:00.0", "stamp_inserted": "2026-01-01 00:05:00"}\n'
    )
    (row,) = read_pieces(pmacct, [line]).rows
    assert (str(row["time"]), row["duration_us"], row["initiator_port"]) == ("2026-01-01 00:05:00", None, None)


def test_a_line_that_is_none_spoils_no_other() -> None:
    lines = FLOWS.splitlines(keepends=True)
    bad = [b"{\n", b'{"event_type": "log_init"}\n', lines[0].replace(b"192.0.2.10", b"example.org"), b"[1]\n"]
    outcome = read_pieces(pmacct, [lines[0] + b"".join(bad) + lines[1]])
    assert len(outcome.rows) == 1
    assert outcome.reasons.keys() == {2, 3, 4, 5}
    assert outcome.reasons[4] == "ip_src is not an address: 'example.org'"


def test_other_objects_are_not_its_own() -> None:
    assert not pmacct.recognise(b'{"src_addr": "192.0.2.10"}\n')
    assert not pmacct.recognise(b"[]")
    assert not pmacct.recognise(b'{"ip_src"')
