"""The reader of Argus' text."""

import gzip
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from tests.telemetry.reading import SCHEMA, read_file
from tocsin.errors import Unreadable
from tocsin.telemetry import argus

SAMPLES = Path(__file__).parents[1] / "samples/argus"
FLOWS = (SAMPLES / "flows.binetflow").read_bytes()
HEADER = FLOWS.splitlines()[0]
FAULTS = {
    3: "StartTime is not a date and time: 'yesterday'",
    4: "StartTime is not a date and time: '2026/13/05 00:00:00.000000'",
    5: "Dur is not a duration in seconds: '-1.0'",
    6: "Proto is not a known protocol: 'nonsense'",
    7: "SrcAddr is not an address: '192.0.2.256'",
    8: "Sport is not a port: '65536'",
    9: "Dport is not a port: '0xzz'",
    10: "one side has more packets or bytes than both together",
    11: "TotBytes is not a count: 'sixty'",
    12: "15 columns expected, 4 found",
    13: "SrcAddr is missing",
    18: "9 columns expected, 3 found",
}


def test_columns_mean_what_the_vocabulary_says() -> None:
    assert read_file(argus, FLOWS).rows[0] == {
        "sensor": "sensor",
        "time": datetime(2026, 1, 5, 0, 0, 0, 1),
        "initiator": "192.0.2.10",
        "initiator_port": 50001,
        "responder": "198.51.100.7",
        "responder_port": 6667,
        "uid": None,
        "protocol": "tcp",
        "service": None,
        "duration_us": 3_139_211,
        "state": "SF",
        "initiator_packets": None,
        "initiator_bytes": 618,
        "responder_packets": None,
        "responder_bytes": 646,
        "sampling": 1,
    }


def test_what_is_not_ip_is_left_out() -> None:
    outcome = read_file(argus, FLOWS)
    assert not outcome.rejects
    assert Counter(row["protocol"] for row in outcome.rows) == {"tcp": 7, "udp": 3, "icmp": 2, "47": 1}


def test_packets_are_known_only_where_they_can_be_told_apart() -> None:
    rows = read_file(argus, FLOWS).rows
    counts = [(row["initiator_packets"], row["responder_packets"], row["responder_bytes"]) for row in rows]
    assert counts[:3] == [(None, None, 646), (1, 0, 0), (None, None, 60)]
    nothing_sent = rows[11]
    assert (nothing_sent["initiator_packets"], nothing_sent["responder_packets"]) == (0, 6)
    assert nothing_sent["state"] == "SHR"


def test_packets_of_one_side_give_those_of_the_other() -> None:
    header, row = HEADER.replace(b",Label", b",SrcPkts,Label"), FLOWS.splitlines()[1].replace(b",618,", b",618,8,")
    (flow,) = read_file(argus, header + b"\n" + row).rows
    assert (flow["initiator_packets"], flow["responder_packets"]) == (8, 6)


def test_the_side_that_connected_is_the_initiator() -> None:
    rows = read_file(argus, FLOWS).rows
    turned, unknown = rows[9], rows[10]
    assert (turned["initiator"], turned["initiator_port"]) == ("192.0.2.13", 50005)
    assert (turned["responder"], turned["responder_port"]) == ("198.51.100.9", 25)
    assert (turned["initiator_bytes"], turned["responder_bytes"]) == (400, 300)
    assert turned["state"] == "RSTO", "the side that Argus names second connected, and reset"
    assert (unknown["initiator"], unknown["state"]) == ("192.0.2.14", "OTH")


def test_of_udp_the_arrow_tells_who_sent_not_who_began() -> None:
    row = b"2026/01/05 00:00:00.5,0.0,udp,192.0.2.1,4000,  <-,203.0.113.1,53,RSP,0,0,1,61,0,"
    (flow,) = read_file(argus, HEADER + b"\n" + row).rows
    assert (flow["initiator"], flow["initiator_packets"], flow["responder_packets"]) == ("192.0.2.1", 0, 1)
    assert flow["state"] is None


def test_icmp_has_type_and_code_and_other_protocols_have_no_ports() -> None:
    rows = read_file(argus, FLOWS).rows
    ports = {row["time"].second: (row["initiator_port"], row["responder_port"]) for row in rows}
    assert ports[32] == (3, 1), "host unreachable; the identifier is no code"
    assert ports[33] == (135, 0)
    assert ports[37] == (None, None)
    assert ports[59] == (None, None), "names of services say no number"


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [("0x0008", "0x0f72", (8, 0)), ("0x0d03", "", (3, 13)), ("0x03", "0x03", (3, 3)), ("", "0x0002", (None, None))],
)
def test_icmp_as_argus_writes_it(source: str, target: str, expected: tuple[int | None, int | None]) -> None:
    row = f"2026/01/05 00:00:00.5,0.0,icmp,192.0.2.1,{source},  ->,203.0.113.1,{target},URP,0,0,1,61,61,"
    (flow,) = read_file(argus, HEADER + b"\n" + row.encode()).rows
    assert (flow["initiator_port"], flow["responder_port"]) == expected


def test_rtp_is_udp_with_a_service() -> None:
    rows = read_file(argus, FLOWS).rows
    assert [(row["protocol"], row["service"]) for row in rows if row["time"].second == 38] == [("udp", "rtp")]


def test_states_are_zeeks() -> None:
    states = [row["state"] for row in read_file(argus, FLOWS).rows]
    assert states == ["SF", "S0", "REJ", "SF", "S0", None, None, None, "SF", "RSTO", "OTH", "SHR", None]


@pytest.mark.parametrize(
    ("state", "sent", "expected"), [("REQ", 60, "S0"), ("REQ", 0, None), ("S0", 60, None), ("CON", 60, None)]
)
def test_a_word_that_the_bytes_deny_says_nothing(state: str, sent: int, expected: str | None) -> None:
    row = f"2026/01/05 00:00:00.5,0.0,tcp,192.0.2.1,1,  ->,203.0.113.1,2,{state},0,0,1,60,{sent},"
    (flow,) = read_file(argus, HEADER + b"\n" + row.encode()).rows
    assert flow["state"] == expected


def test_faults_are_named_and_spoil_no_other_line() -> None:
    outcome = read_file(argus, (SAMPLES / "faults.binetflow").read_bytes())
    assert outcome.reasons == FAULTS
    assert len(outcome.rows) == 3


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b",3.139211,", b",2678401,", "Dur is too large: '2678401'"),
        (b",618,", b",1099511627777,", "SrcBytes is too large: '1099511627777'"),
        (b",tcp,", b",t\x00p,", r"Proto is not a known protocol: 't\x00p'"),
        (b",FSPA_FSPA,", b",FSPA\x1b,", r"State is not short printable text: 'FSPA\x1b'"),
    ],
)
def test_what_later_stages_cannot_take_is_refused(old: bytes, new: bytes, reason: str) -> None:
    assert old in FLOWS
    outcome = read_file(argus, FLOWS.replace(old, new, 1))
    assert outcome.reasons == {2: reason}


def test_a_header_in_the_middle_may_have_other_columns_and_separators() -> None:
    last = read_file(argus, (SAMPLES / "faults.binetflow").read_bytes()).rows[1:]
    assert [row["time"] for row in last] == [datetime(2026, 1, 6, 0, 0, 0, 1), datetime(2026, 1, 6, 0, 0, 1)]
    assert [row["protocol"] for row in last] == ["tcp", "icmp"]
    assert [last[0][f"{side}_{what}"] for side in ("initiator", "responder") for what in ("packets", "bytes")] == [
        5,
        500,
        6,
        600,
    ]


@pytest.mark.parametrize("separator", [b"\t", b";"])
def test_other_separators_give_the_same(separator: bytes) -> None:
    assert read_file(argus, FLOWS.replace(b",", separator)).table.equals(read_file(argus, FLOWS).table)


def test_labels_never_reach_the_lake() -> None:
    unlabelled = b"\n".join(line.rpartition(b",")[0] for line in FLOWS.splitlines())
    outcome = read_file(argus, FLOWS)
    assert outcome.table.equals(read_file(argus, unlabelled).table)
    assert "otnet" not in str(outcome.rows)


@pytest.mark.parametrize(
    "change",
    [lambda log: log.replace(b"\n", b"\r\n"), lambda log: b"\xef\xbb\xbf" + log, lambda log: log.rstrip(b"\n")],
)
def test_how_lines_end_and_a_file_begins_changes_nothing(change: Callable[[bytes], bytes]) -> None:
    assert argus.recognise(change(FLOWS))
    assert read_file(argus, change(FLOWS)).table.equals(read_file(argus, FLOWS).table)


def test_sampled_counts_are_scaled_up() -> None:
    silent = read_file(argus, FLOWS, sampling=100).rows[1]
    assert (silent["initiator_packets"], silent["initiator_bytes"], silent["responder_packets"]) == (100, 7400, 0)
    assert silent["sampling"] == 100


@pytest.mark.parametrize(
    ("head", "known"),
    [
        (HEADER, True),
        (b"         StartTime;Proto;SrcAddr;DstAddr\n", True),
        (b"# comment\n" + HEADER + b"\n", True),
        (b"StartTime,Proto,SrcAddr\n", False),
        (b"StartTime SrcAddr DstAddr\n", False),
        (b"StartTime|Proto|SrcAddr|DstAddr\n", False),
        (b"#separator \\x09\n#path\tconn\n#fields\tts\n", False),
        (b"", False),
        (b"\x00\x01\x02" * 1000, False),
        (b"StartTime" * 7000, False),
    ],
)
def test_argus_text_is_known_by_its_header(head: bytes, known: bool) -> None:
    assert argus.recognise(head) is known


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (b"", "no header line with StartTime, SrcAddr and DstAddr stands above it"),
        (b"StartTime,SrcAddr,DstAddr\n", "the header line does not name Proto once"),
        (b"StartTime,Proto,SrcAddr,DstAddr,State,State\n", "the header line does not name State once"),
        (b"StartTime,SrcAddr,DstAddr" + b",x" * 1001 + b"\n", "the header line names more than 1,000 columns"),
    ],
)
def test_rows_below_a_wrong_header_are_refused(header: bytes, reason: str) -> None:
    outcome = read_file(argus, header + b"2026/01/05 00:00:00.5,tcp,192.0.2.1,203.0.113.1\n")
    assert [reject.reason for reject in outcome.rejects] == [reason]


def test_a_file_of_endless_headers_is_refused() -> None:
    log = b"".join(b"StartTime,Proto,SrcAddr,DstAddr,c%d\nrow\n" % number for number in range(101))
    with pytest.raises(Unreadable, match="more than 100 different headers"):
        read_file(argus, log)


def test_every_binetflow_of_the_test_data_is_read(test_data: Path) -> None:
    captures = test_data / "captures"
    entries = yaml.safe_load((captures / "truth.yaml").read_text())["captures"]
    files = [(captures / entry["path"]).resolve() for entry in entries if "argus" in entry["format"]]
    files = [*files, test_data / "decoders/flow-formats/test.binetflow"]
    assert len(files) >= 10
    rejected = {}
    for file in files:
        data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        outcome = read_file(argus, data)
        lines = data.decode().splitlines()
        proto = lines[0].replace("\t", ",").split(",").index("Proto")
        below = sum(line.replace("\t", ",").split(",")[proto] in ("arp", "llc", "man") for line in lines)
        assert outcome.table.num_rows + len(outcome.rejects) + below == len(lines) - 1, file
        assert outcome.table.schema == SCHEMA
        rejected[file.name] = len(outcome.rejects)
        assert "flow=" not in str(outcome.rows[:300]), "a label"
    assert {name: count for name, count in rejected.items() if count} == {"my_test.binetflow": 1}


def test_the_campus_capture_is_read_whole(test_data: Path) -> None:
    outcome = read_file(argus, (test_data / "captures/campus-background/flows.binetflow.gz").read_bytes())
    assert (outcome.table.num_rows, outcome.rejects) == (232_714 - 18, [])
    times = [row["time"] for row in outcome.rows]
    assert times[0] == datetime(2011, 8, 16, 10, 1, 46, 974_947)
    assert max(times).isoformat(timespec="seconds") == "2011-08-16T12:10:56"


def test_the_scan_of_the_test_data_is_seen_as_unanswered(test_data: Path) -> None:
    rows = read_file(argus, (test_data / "captures/slips-test4-binetflow/test4-malicious.binetflow").read_bytes()).rows
    scan = [row for row in rows if row["initiator"] == "192.168.2.12" and row["protocol"] == "tcp"]
    assert Counter(row["responder_port"] for row in scan) == {81: 128, 23: 90}
    assert {(row["state"], row["initiator_packets"], row["responder_packets"]) for row in scan} == {("S0", 1, 0)}


def test_the_beacon_of_the_test_data_has_its_flows(test_data: Path) -> None:
    rows = read_file(argus, (test_data / "decoders/flow-formats/test5.tabs.binetflow.gz").read_bytes()).rows
    beacon = [row for row in rows if (row["responder"], row["responder_port"]) == ("23.253.126.58", 80)]
    assert len(beacon) == 1452
    assert beacon[0]["time"] == datetime(1970, 1, 1, 1, 1, 21, 955_004)
    assert all(row["responder_bytes"] > 0 and row["responder_packets"] > 0 for row in beacon)
