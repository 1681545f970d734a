"""The reader of Zeek's conn logs."""

import gzip
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from tests.telemetry.reading import SCHEMA, read_conn
from tocsin.errors import Unreadable
from tocsin.telemetry import zeek_conn

HEADER_LINES = 8
TSV_FAULTS = {
    10: "ts is not a time: 'abc'",
    11: "id.orig_h is not an address: '192.0.2.256'",
    12: "id.resp_p is not a port: '65536'",
    13: "duration is not a duration in seconds: '-1.0'",
    14: "orig_ip_bytes is not a count: 'many'",
    15: "22 columns expected, 7 found",
    16: "ts is missing",
    19: "id.resp_h is not an address: '2001:db8::53%eth0'",
    20: "proto is missing",
    29: "9 columns expected, 8 found",
    34: "it is a row of dns.log, not of conn.log",
}


def test_columns_mean_what_the_vocabulary_says(samples: Path) -> None:
    first, unanswered, v6, icmp, gre, large = read_conn((samples / "conn.log").read_bytes()).rows
    assert first == {
        "sensor": "sensor",
        "time": datetime(2026, 1, 5, 0, 0, 0, 1),
        "initiator": "192.0.2.10",
        "initiator_port": 50001,
        "responder": "198.51.100.7",
        "responder_port": 6667,
        "uid": "CExample0000000001",
        "protocol": "tcp",
        "service": "irc",
        "duration_us": 3_139_211,
        "state": "SF",
        "initiator_packets": 8,
        "initiator_bytes": 506,
        "responder_packets": 6,
        "responder_bytes": 562,
        "sampling": 1,
    }
    assert (unanswered["service"], unanswered["duration_us"], unanswered["responder_packets"]) == (None, None, 0)
    assert (v6["initiator"], v6["responder"]) == ("2001:db8::1", "2001:db8::53")
    assert (icmp["initiator_port"], icmp["responder_port"], icmp["duration_us"]) == (8, 0, 1)
    assert (gre["protocol"], gre["initiator_port"], gre["responder_port"]) == ("47", None, None)
    assert (large["service"], large["duration_us"], large["initiator_bytes"]) == (
        "ssl,http",
        4_000_000_010,
        5_140_000_000,
    )


def test_json_gives_the_same_rows(samples: Path) -> None:
    tsv, json = (read_conn((samples / name).read_bytes()) for name in ("conn.log", "conn.json.log"))
    assert json.table.equals(tsv.table)
    assert not json.rejects


def test_faults_are_named_and_spoil_no_other_line(samples: Path) -> None:
    outcome = read_conn((samples / "conn_with_faults.log").read_bytes())
    assert outcome.reasons == TSV_FAULTS
    assert [row["uid"][-1] for row in outcome.rows] == ["1", "4", "7"]
    assert outcome.rejects[0].text.startswith(r"1767571215.250000\tCExample0000000002\t")


def test_a_header_in_the_middle_may_have_other_columns(samples: Path) -> None:
    last = read_conn((samples / "conn_with_faults.log").read_bytes()).rows[-1]
    assert last["time"] == datetime(2026, 1, 6, 0, 0, 1, 1)
    assert (last["initiator"], last["responder_port"], last["protocol"]) == ("192.0.2.13", 443, "tcp")
    assert last["state"] is last["initiator_bytes"] is None


def test_faults_in_json_are_named(samples: Path) -> None:
    outcome = read_conn((samples / "conn_with_faults.json.log").read_bytes())
    assert {line: reason.partition(" (char")[0] for line, reason in outcome.reasons.items()} == {
        2: "not a JSON object of plain values: Unterminated string starting at: line 1 column 60",
        3: "not a JSON object of plain values: it is no object",
        5: "ts is not a time: 'yesterday'",
        6: "id.orig_p is not a port: '93145'",
        7: "not a JSON object of plain values: id.orig_h is no text and no number",
        10: "not a JSON object of plain values: Extra data: line 1 column 417",
    }
    # ISO 8601 and milliseconds, as Zeek can be told to write times, among seconds.
    assert [row["time"].isoformat()[11:] for row in outcome.rows] == [
        "00:00:00.000001",
        "00:00:15.250000",
        "00:00:15.250000",
        "23:59:59.999999",
    ]


@pytest.mark.parametrize("time", ['"2026-01-05T00:00:15.250000Z"', "1767571215250", "1767571215.25"])
def test_json_times_as_zeek_writes_them(samples: Path, time: str) -> None:
    line = (samples / "conn.json.log").read_bytes().splitlines()[1]
    log = (line.replace(b"1767571215.25", time.encode()) + b"\n") * 100
    assert {row["time"] for row in read_conn(log).rows} == {datetime(2026, 1, 5, 0, 0, 15, 250_000)}


def test_json_durations_with_float_noise_are_rounded(samples: Path) -> None:
    log = (samples / "conn.json.log").read_bytes().replace(b":3.139211,", b":3.1392109999999995,")
    assert read_conn(log).rows[0]["duration_us"] == 3_139_211
    # Beside a line that is broken, numbers are parsed from their text.
    assert read_conn(log + b"{\n").rows[0]["duration_us"] == 3_139_211


def test_sampled_counts_are_scaled_up(samples: Path) -> None:
    first = read_conn((samples / "conn.log").read_bytes(), sampling=100).rows[0]
    assert first["sampling"] == 100
    assert (first["initiator_packets"], first["responder_bytes"]) == (800, 56_200)


def test_a_count_that_cannot_be_scaled_is_refused(samples: Path) -> None:
    log = (samples / "conn.log").read_bytes().replace(b"\t506\t", b"\t%d\t" % 2**40)
    assert read_conn(log).rows[0]["initiator_bytes"] == 2**40
    assert read_conn(log, sampling=2).reasons == {9: "orig_ip_bytes is too large: '1099511627776'"}


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"\t506\t", b"\t1099511627777\t", "orig_ip_bytes is too large: '1099511627777'"),
        (b"\t506\t", b"\t9223372036854775807\t", "orig_ip_bytes is too large: '9223372036854775807'"),
        (b"\t506\t", b"\t-1\t", "orig_ip_bytes is not a count: '-1'"),
        (b"\t3.139211\t", b"\t2678400.000001\t", "duration is too large: '2678400.000001'"),
        (b"\t3.139211\t", b"\t999999999999\t", "duration is too large: '999999999999'"),
        (b"\t3.139211\t", b"\t-0.000001\t", "duration is not a duration in seconds: '-0.000001'"),
        (b"\ttcp\t", b"\tt\x00p\t", r"proto is not a protocol: 't\x00p'"),
        (b"\ttcp\t", b"\tt p\t", "proto is not a protocol: 't p'"),
        (b"\tirc\t", b"\ti\x1bc\t", r"service is not a list of services: 'i\x1bc'"),
        (b"\tirc\t", "\tïrc\t".encode(), "service is not a list of services: 'ïrc'"),
        (b"\tirc\t", b"\t" + b"x" * 65 + b"\t", f"service is not a list of services: '{'x' * 65}'"),
        (b"\tSF\t", b"\tS\x07\t", r"conn_state is not short printable text: 'S\x07'"),
        (b"CExample0000000001", b"C\x9f1".decode("latin-1").encode(), r"uid is not short printable text: 'C\x9f1'"),
        (b"CExample0000000001", b"C" * 129, f"uid is not short printable text: '{'C' * 80}'"),
    ],
)
def test_what_later_stages_cannot_take_is_refused(samples: Path, old: bytes, new: bytes, reason: str) -> None:
    log = (samples / "conn.log").read_bytes().replace(old, new, 1)
    outcome = read_conn(log)
    assert outcome.reasons == {9: reason}
    assert outcome.table.num_rows == 5


def test_what_is_just_within_bounds_is_kept(samples: Path) -> None:
    log = (samples / "conn.log").read_bytes().replace(b"\t3.139211\t", b"\t2678400\t", 1)
    log = log.replace(b"\tirc\t", b"\t" + b"x" * 64 + b"\t").replace(b"CExample0000000001", b"C" * 128)
    outcome = read_conn(log)
    assert not outcome.rejects
    assert outcome.rows[0]["duration_us"] == 31 * 86_400_000_000
    assert (outcome.rows[0]["service"], outcome.rows[0]["uid"]) == ("x" * 64, "C" * 128)


def test_json_is_bounded_as_well(samples: Path) -> None:
    log = (samples / "conn.json.log").read_bytes()
    log = log.replace(b":3.139211,", b":2678401.5,", 1).replace(b'"proto":"udp"', b'"proto":"u\\u0000p"', 1)
    reasons = set(read_conn(log).reasons.values())
    assert reasons == {"duration is too large: '2678401.5'", r"proto is not a protocol: 'u\x00p'"}


@pytest.mark.parametrize(
    ("head", "row"),
    [("\tlabel\tdetailedlabel", "\tMalicious\tC&C"), ("   label   detailed-label", "   Malicious   C&C")],
)
def test_labels_never_reach_the_lake(samples: Path, head: str, row: str) -> None:
    plain = (samples / "conn.log").read_bytes()
    # The labels come last, as in labelled logs; so ip_proto is left away.
    lines = [
        line.rpartition(b"\t")[0] if line[:1] != b"#" or b"ip_proto" in line else line for line in plain.splitlines()
    ]
    labelled = [
        line + (head.encode() if b"#fields" in line else row.encode() if line[:1] != b"#" else b"") for line in lines
    ]
    outcome = read_conn(b"\n".join(labelled))
    assert outcome.table.equals(read_conn(b"\n".join(lines)).table)
    assert outcome.table.num_rows == 6
    assert not outcome.rejects
    assert "Malicious" not in str(outcome.rows)


def test_windows_line_ends_change_nothing(samples: Path) -> None:
    plain = (samples / "conn.log").read_bytes()
    assert read_conn(plain.replace(b"\n", b"\r\n")).table.equals(read_conn(plain).table)


def test_addresses_become_canonical(samples: Path) -> None:
    log = (samples / "conn.log").read_bytes().replace(b"2001:db8::53", b"::FFFF:192.0.2.53")
    assert read_conn(log).rows[2]["responder"] == "192.0.2.53"


@pytest.mark.parametrize(
    ("head", "known"),
    [
        (b"#separator \\x09\n#path\tconn\n#fields\tts\n", True),
        (b"\t#separator \\x09\n#path\tconn\n", True),
        (b"#separator \\x09\n#path\tdns\n#fields\tts\tid.orig_h\tid.resp_h\tproto\tconn_state\n", False),
        (b"#fields\tts\tid.orig_h\tid.resp_h\tproto\tconn_state\n", True),
        (b'{"ts":1,"id.orig_h":"","id.resp_h":"","proto":"tcp","conn_state":"SF"}\n', True),
        (b'{"_path":"dns","ts":1,"id.orig_h":"","id.resp_h":"","proto":"tcp","conn_state":"SF"}\n', False),
        (b'{"ts":1,"uid":"C","fuid":"F"}\n', False),
        (b"ts,uid\n1,2\n", False),
        (b"", False),
        (b"\x00\x01\x02" * 1000, False),
        (b"[" * 60000, False),
        (b'{"a":' * 10000, False),
    ],
)
def test_a_conn_log_is_known_by_its_content(head: bytes, known: bool) -> None:
    assert zeek_conn.recognise(head) is known


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (b"", "no #fields line stands above it"),
        (b"#fields\tts\tuid\tid.orig_h\tproto\n", "the #fields line does not name id.resp_h once"),
        (b"#fields\tts\tts\tid.orig_h\tid.resp_h\tproto\n", "the #fields line does not name ts once"),
        (b"#separator \\x0a\n#fields\nts\n", "the #separator '\\n' is not one printable ASCII character or tab"),
        (b"#fields" + b"\tx" * 1001 + b"\n", "the #fields line names more than 1,000 columns"),
        (b"#separator ab\n#fieldsabts\n", "the #separator 'ab' is not one printable ASCII character or tab"),
    ],
)
def test_rows_below_a_wrong_header_are_refused(header: bytes, reason: str) -> None:
    outcome = read_conn(header + b"1.0\tC\t192.0.2.1\ttcp\n")
    assert outcome.rejects[-1].reason == reason
    assert not outcome.rows


def test_a_file_of_endless_headers_is_refused() -> None:
    log = b"".join(b"#unset_field\t%d\nrow\n" % number for number in range(101))
    with pytest.raises(Unreadable, match="more than 100 different headers"):
        read_conn(b"#path\tconn\n" + log)


def test_the_capture_is_read_whole_in_every_guise(test_data: Path) -> None:
    packed = (test_data / "captures/iot23-34-1-mirai/conn.log.labeled.gz").read_bytes()
    plain = gzip.decompress(packed)
    outcome = read_conn(packed)
    assert outcome.table.num_rows == 23_145
    assert not outcome.rejects
    assert read_conn(plain).table.equals(outcome.table)
    unlabelled = b"\n".join(line.partition(b"   ")[0] for line in plain.splitlines())
    assert read_conn(unlabelled).table.equals(outcome.table)


def test_every_conn_log_of_the_test_data_is_read(test_data: Path) -> None:
    captures = test_data / "captures"
    formats = {
        captures / entry["path"]: entry["format"]
        for entry in yaml.safe_load((captures / "truth.yaml").read_text())["captures"]
        if ("zeek" in entry["format"] and "conn" in entry["format"]) or "(dir)" in entry["format"]
    }
    logs = [log for path in formats for log in ([path] if path.is_file() else path.glob("**/*conn*"))]
    logs = [log for log in logs if log.is_file()]
    assert len(logs) > 20
    for log in logs:
        data = gzip.decompress(log.read_bytes()) if log.suffix == ".gz" else log.read_bytes()
        outcome = read_conn(data)
        lines = [line for line in data.splitlines() if line and not line.startswith(b"#")]
        assert outcome.table.num_rows + len(outcome.rejects) == len(lines), log
        assert outcome.table.schema == SCHEMA


def test_json_and_tsv_of_one_capture_give_as_many_rows(test_data: Path) -> None:
    captures = test_data / "captures"
    for name in ("conn.log", "open_conn.log"):
        json = read_conn((captures / "rita-json-with-all-fields" / name).read_bytes())
        tsv = read_conn((captures / "rita-open-conns/open" / name).read_bytes().replace(b"open_conn", b"conn"))
        assert json.table.num_rows == tsv.table.num_rows > 0
