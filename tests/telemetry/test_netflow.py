"""The reader of NetFlow and IPFIX, from packets to flows."""

import struct
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import netflow as oracle
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.telemetry.exporter import (
    BOOT_MS,
    FIELDS,
    FIELDS6,
    IPFIX,
    SECOND,
    V9,
    a_set,
    body,
    ipfix,
    messages,
    netflow_v5,
    netflow_v9,
    pcap,
    pcapng,
    record,
    reverse,
    template,
    udp,
)
from tests.telemetry.reading import Outcome, read_file, read_pieces
from tocsin.errors import Unreadable
from tocsin.records import Coverage
from tocsin.store.ledger import Ledger
from tocsin.store.ledger import read as read_rows
from tocsin.telemetry import ingest, netflow
from tocsin.telemetry._netflow import exports
from tocsin.telemetry._netflow.captures import is_capture
from tocsin.telemetry._netflow.packets import Packet, packets
from tocsin.workspace import Workspace

BOTH = [record(), reverse(record(), e1=5000, e2=8)]
REVERSE = 29305


def read(data: bytes, sampling: int = 1) -> Outcome:
    outcome = read_pieces(netflow, [data], sampling)
    outcome.table.validate(full=True)
    return outcome


EXPECTED = {
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


@pytest.mark.parametrize(
    "data", [netflow_v5(BOTH), messages(BOTH, V9), messages(BOTH, IPFIX)], ids=["v5", "v9", "ipfix"]
)
def test_columns_mean_what_the_vocabulary_says(data: bytes) -> None:
    assert netflow.recognise(data)
    assert read(data).rows == [EXPECTED]


@pytest.mark.parametrize("write", [pcap, pcapng], ids=["pcap", "pcapng"])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("source", ["203.0.113.1", "2001:db8::1"])
def test_captures_hold_the_same(write: Callable[..., bytes], order: str, source: str) -> None:
    data = write(
        [udp(packet, source, 9999) for packet in (ipfix(a_set(2, template())), ipfix(a_set(256, body(BOTH))))], order
    )
    assert netflow.recognise(data)
    assert read(data).rows == [EXPECTED]


def test_a_capture_of_other_traffic_is_not_its_own() -> None:
    other = [udp(b"\x00\x01" + bytes(30), port=2055)]
    assert not netflow.recognise(pcap(other * 3 + [udp(netflow_v5(BOTH))]))
    assert not netflow.recognise(pcap([]))
    assert not netflow.recognise(b"")
    assert not netflow.recognise(b"\x00\x05\x00")
    assert not netflow.recognise(b"ts,te,td\n")


def test_templates_hold_for_one_exporter_and_domain() -> None:
    other = ((12, 4), (8, 4), *FIELDS[2:])
    frames = [
        udp(ipfix(a_set(2, template(FIELDS)), domain=1), "203.0.113.1"),
        udp(ipfix(a_set(2, template(other)), domain=1), "203.0.113.2"),
        udp(ipfix(a_set(256, body([record()])), domain=1), "203.0.113.1"),
        udp(ipfix(a_set(256, body([record(e7=50_001)], other)), domain=1), "203.0.113.2"),
        udp(ipfix(a_set(256, body([record()])), domain=9), "203.0.113.1"),
    ]
    outcome = read(pcap(frames))
    assert {row["initiator"] for row in outcome.rows} == {"192.0.2.10"}
    assert outcome.table.num_rows == 2
    assert outcome.reasons == {5: "no template 256 of observation domain 9 came"}


def test_the_line_cards_of_a_router_see_one_direction_each() -> None:
    known = b"".join(ipfix(a_set(2, template()), domain=domain) for domain in (1, 2))
    one, other = (ipfix(a_set(256, body([row])), domain=domain) for domain, row in enumerate(BOTH, 1))
    assert read(known + one + other).rows == [EXPECTED]
    frames = [udp(ipfix(a_set(2, template()), domain=domain), f"203.0.113.{domain}") for domain in (1, 2)]
    frames += [udp(one, "203.0.113.1"), udp(other, "203.0.113.2")]
    assert len(read(pcap(frames)).rows) == 2, "two routers"


def test_data_waits_for_its_template() -> None:
    outcome = read(ipfix(a_set(256, body(BOTH))) + ipfix(a_set(2, template())))
    assert outcome.rows == [EXPECTED]
    assert not outcome.rejects


def test_data_does_not_wait_without_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MOST_WAITING_BYTES", 1000)
    data = b"".join(ipfix(a_set(300 + number, body(BOTH))) for number in range(10)) + ipfix(
        a_set(2, template(number=300))
    )
    outcome = read(data)
    assert (outcome.table.num_rows, len(outcome.rejects)) == (0, 10)


@pytest.mark.parametrize("number", [256, 2])
def test_a_withdrawn_template_holds_no_longer(number: int) -> None:
    withdrawal = a_set(2, struct.pack(">HH", number, 0))
    outcome = read(ipfix(a_set(2, template())) + ipfix(withdrawal) + ipfix(a_set(256, body(BOTH))))
    assert list(outcome.reasons.values()) == ["no template 256 of observation domain 1 came"]


def test_a_changed_template_holds_from_then_on() -> None:
    data = messages([record()]) + ipfix(a_set(2, template(FIELDS6)))
    six = record(e7=50_001, e27="2001:db8::a", e28="2001:db8:0:1::2")
    rows = read(data + ipfix(a_set(256, body([six], FIELDS6)))).rows
    assert {(row["initiator"], row["responder"]) for row in rows} == {
        ("192.0.2.10", "198.51.100.7"),
        ("2001:db8::a", "2001:db8:0:1::2"),
    }


def test_fields_of_enterprises_of_variable_and_of_no_length_are_passed_over() -> None:
    fields = ((1, 4, 9999), (96, 0xFFFF), *FIELDS[:5], (82, 0xFFFF), (7, 0), *FIELDS[5:])
    long = bytes([255]) + struct.pack(">H", 300) + bytes(300)
    written = b""
    for row, name in zip(BOTH, (b"\x03dns", long), strict=True):
        written += bytes(4) + name + body([row], FIELDS[:5]) + b"\x00" + body([row], FIELDS[5:])
    assert read(ipfix(a_set(2, template(fields))) + ipfix(a_set(256, written))).rows == [EXPECTED]


def test_numbers_may_be_shorter_than_their_element() -> None:
    fields = (*FIELDS[:6], (1, 3), (2, 1), (152, 8), (153, 8))
    assert read(messages(BOTH, IPFIX, fields)).rows == [EXPECTED]


def _option(rate: tuple[tuple[int, bytes], ...], version: int = V9, number: int = 300) -> list[bytes]:
    """Packets with a template of options and its data."""
    fields = b"".join(struct.pack(">HH", element, len(value)) for element, value in rate)
    data = a_set(number, bytes(4) + b"".join(value for _, value in rate))
    if version == V9:
        head = struct.pack(">HHH", number, 4, len(fields)) + struct.pack(">HH", 1, 4)
        return [netflow_v9(a_set(1, head + fields)), netflow_v9(data)]
    head = struct.pack(">HHH", number, len(rate) + 1, 1) + struct.pack(">HH", 149, 4)
    return [ipfix(a_set(3, head + fields)), ipfix(data)]


@pytest.mark.parametrize(
    ("version", "rate"),
    [
        (V9, ((34, b"\x00\x00\x00\x64"), (35, b"\x02"))),
        (V9, ((48, b"\x01"), (49, b"\x02"), (50, b"\x00\x64"))),
        (IPFIX, ((305, b"\x01"), (306, b"\x00\x63"))),
        (IPFIX, ((309, b"\x01"), (310, b"\x00\x64"))),
        (IPFIX, ((311, struct.pack(">d", 0.01)),)),
    ],
)
@pytest.mark.parametrize("late", [False, True])
def test_options_state_the_rate(version: int, rate: tuple[tuple[int, bytes], ...], late: bool) -> None:
    option, data = b"".join(_option(rate, version)), messages(BOTH, version)
    (row,) = read(data + option if late else option + data, sampling=7).rows
    assert (row["sampling"], row["initiator_packets"], row["responder_bytes"]) == (100, 600, 500_000)


def test_records_name_their_sampler() -> None:
    fields = (*FIELDS, (48, 1))
    rows = [record(e48=1), record(e48=2, e7=50_001), record(e48=3, e7=50_002)]
    rates = [_option(((48, bytes([sampler])), (50, bytes([rate])))) for sampler, rate in ((1, 10), (2, 20))]
    data = b"".join(packet for option in rates for packet in option) + messages(rows, V9, fields)
    found = {row["initiator_port"]: row["sampling"] for row in read(data, sampling=5).rows}
    assert found == {50_000: 10, 50_001: 20, 50_002: 5}


def test_the_header_of_v5_states_the_rate() -> None:
    assert [row["sampling"] for row in read(netflow_v5(BOTH, sampling=0x4000 | 10), sampling=7).rows] == [10]
    assert [row["sampling"] for row in read(netflow_v5(BOTH, sampling=0), sampling=7).rows] == [7]


def test_coverage_has_the_rate_that_the_source_states(workspace: Workspace, ledger: Ledger, tmp_path: Path) -> None:
    file = tmp_path / "exports"
    file.write_bytes(netflow_v5(BOTH, sampling=0x4000 | 10))
    summary = ingest(workspace, ledger, [file], networks=["192.0.2.0/24"])
    assert (summary.rows, summary.files[0].format) == (1, "netflow")
    with ledger.look() as connection:
        assert [row.sampling for row in read_rows(connection, Coverage)] == [10]


def test_a_record_that_counts_both_ways_is_a_flow() -> None:
    fields = (*((element, length) for element, length in FIELDS if element != 6), (1, 8, REVERSE), (2, 8, REVERSE))
    row = body([record()], [field for field in FIELDS if field[0] != 6]) + struct.pack(">QQ", 5000, 8)
    (flow,) = read(ipfix(a_set(2, template(fields))) + ipfix(a_set(256, row))).rows
    assert (flow["responder_packets"], flow["responder_bytes"], flow["state"]) == (8, 5000, None)


def test_a_record_of_both_ways_may_have_begun_at_its_destination() -> None:
    fields = (*FIELDS, (239, 1), (298, 4), (299, 4))
    (flow,) = read(messages([reverse(record(), e1=5000, e2=8, e239=2, e299=6)], IPFIX, fields)).rows
    assert (flow["initiator"], flow["initiator_packets"], flow["responder_packets"]) == ("192.0.2.10", 6, 8)


def test_a_firewalls_note_of_a_beginning_is_left_out() -> None:
    fields = ((8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (233, 1), (152, 8), (323, 8), (231, 4), (232, 4))
    end = (SECOND + 2) * 1000
    rows = [
        record(e233=1, e323=end),
        record(e233=2, e323=end, e231=600, e232=5000),
        record(e233=3, e7=50_001, e323=end),
    ]
    found = {row["initiator_port"]: row for row in read(messages(rows, V9, fields)).rows}
    assert found.keys() == {50_000, 50_001}
    assert (found[50_000]["initiator_bytes"], found[50_000]["responder_bytes"]) == (600, 5000)
    assert found[50_000]["duration_us"] == 2_000_000


def test_icmp_has_type_and_code_for_ports_and_others_have_none() -> None:
    rows = [record(e4=1, e7=0, e11=8 << 8), record(e4=47, e7=9, e11=9), record(e4=58, e7=0, e11=(1 << 8) + 4)]
    found = {(row["protocol"], row["initiator_port"], row["responder_port"]) for row in read(netflow_v5(rows)).rows}
    assert found == {("icmp", 8, 0), ("47", None, None), ("icmp", 1, 4)}


def test_counts_of_the_way_out_stand_in_for_those_of_the_way_in() -> None:
    (row,) = read(messages([record(e1=0, e2=0, e23=700, e24=7)], V9, (*FIELDS, (23, 4), (24, 4)))).rows
    assert (row["initiator_bytes"], row["initiator_packets"]) == (700, 7)


def test_records_without_addresses_are_left_out() -> None:
    outcome = read(messages(BOTH, IPFIX, ((56, 6), (80, 6), (1, 8), (2, 8))))
    assert (outcome.rows, outcome.rejects) == ([], [])


def test_damage_between_packets_spoils_none_of_them() -> None:
    data = netflow_v5(BOTH) + b"\xff" * 100 + messages([record(90, e7=50_009)])
    outcome = read(data)
    assert len(outcome.rows) == 2
    assert outcome.reasons == {2: f"no whole export packet stands at byte {24 + 96}"}


def test_a_file_that_ends_within_a_packet() -> None:
    outcome = read(netflow_v5(BOTH) + netflow_v5(BOTH)[:-1])
    assert outcome.table.num_rows == 1
    assert list(outcome.reasons) == [2]


def test_a_damaged_capture_is_told_in_a_line() -> None:
    frames = [udp(netflow_v5(BOTH))]
    with pytest.raises(Unreadable, match="damaged"):
        read(pcap(frames) + b"\xff" * 16)
    with pytest.raises(Unreadable, match="link type"):
        read(pcap(frames, link=147))


def test_content_is_read_in_pieces_of_any_size() -> None:
    data = netflow_v5(BOTH) + messages([record(90 + at, e7=51_000 + at) for at in range(50)], V9) + messages(BOTH)
    whole = read(data)
    assert whole.table.num_rows == 52
    for size in (1, 7, 100):
        pieces = read_pieces(netflow, [data[at : at + size] for at in range(0, len(data), size)])
        assert (pieces.rows, pieces.rejects) == (whole.rows, whole.rejects)


def test_many_tiny_templates_cost_little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MOST_TEMPLATES", 500)
    monkeypatch.setattr(exports, "MOST_KINDS", 20)
    data = []
    for number in range(2000):
        fields = (*FIELDS, (1000 + number, 1))
        data.append(
            ipfix(
                a_set(2, template(fields, 256 + number)),
                a_set(256 + number, body([record(e7=number)], fields)),
                domain=number % 7,
            )
        )
    outcome = read(b"".join(data))
    assert outcome.table.num_rows == 20
    assert set(outcome.reasons.values()) == {"more than 20 kinds of records stand in the file"}
    assert len(outcome.rejects) == 1980


def test_clocks_that_stand_at_zero_are_read_as_they_are() -> None:
    data = struct.pack(">HHIIIIHH", 5, 1, BOOT_MS + 60_000, 60, 0, 0, 0, 0) + netflow_v5([record(59)])[24:]
    assert netflow.recognise(data)
    assert read(data).rows[0]["time"] == datetime(1970, 1, 1, 0, 0, 59)


def _vendor(file: Path) -> str:
    vendor = file.stem
    for mark in ("_opttpl", "_tpl", "_data"):
        vendor = vendor.partition(mark)[0]
    return vendor


def _counted(files: list[Path]) -> int:
    """Records that another library reads. Raises whatever it does where it cannot."""
    known: dict[str, dict[int, object]] = {"netflow": {}, "ipfix": {}}
    read_packets = (packet for file in files for packet in packets([file.read_bytes()]))
    return sum(
        len(oracle.parse_packet(packet.data, known).flows) for packet in read_packets if isinstance(packet, Packet)
    )


# Of these, the other library reads so many records more: options, and records of layer 2, which are no flows; and three
# exporters whose records have no packets to count.
MORE = {"ipfix": 1, "ipfix_test_juniper_mx240_junos151r6s3": 1, "netflow9_test_cisco_wlc": 19}
NO_PACKETS = ("netflow9_test_cisco_asa_1", "netflow9_test_cisco_asa_2", "netflow5_test_invalid02")
# It cannot read these: variable lengths, padding, options of VMware, sets without a template.
UNREAD = ("barracuda_extended", "ixia", "mikrotik", "vmware", "yaf", "invalid0", "iptnetflow", "macaddr", "nprobe_dpi")


def test_real_exporters_give_what_another_library_reads(test_data: Path) -> None:
    sent: dict[str, list[Path]] = {}
    # Templates first, as the folder's README asks for.
    for file in sorted(
        (test_data / "decoders/netflow-payloads").glob("*.dat"), key=lambda file: "tpl" not in file.name
    ):
        sent.setdefault(_vendor(file), []).append(file)
    compared = 0
    for vendor, files in sent.items():
        if vendor in NO_PACKETS or any(name in vendor for name in UNREAD):
            continue
        rows = read(b"".join(file.read_bytes() for file in files)).rows
        directions = sum((row["initiator_packets"] is not None) + bool(row["responder_packets"]) for row in rows)
        assert directions == _counted(files) - MORE.get(vendor, 0), vendor
        compared += 1
    assert compared == 23


def test_every_real_payload_alone_is_read_without_a_crash(test_data: Path) -> None:
    for file in sorted((test_data / "decoders/netflow-payloads").glob("*.dat")):
        outcome = read(file.read_bytes())
        assert outcome.table.num_rows + len(outcome.rejects) <= len(file.read_bytes())


PACKETS = [netflow_v5(BOTH), messages(BOTH, V9), messages(BOTH, IPFIX), b"".join(_option(((34, b"\x0a"),)))]
WHOLE = [
    *PACKETS,
    b"".join(PACKETS),
    pcap([udp(packet) for packet in PACKETS]),
    pcapng([udp(packet) for packet in PACKETS]),
]


@given(data=st.sampled_from(WHOLE), flips=st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 7)), max_size=12))
@settings(deadline=None, max_examples=300)
def test_flipped_bits(data: bytes, flips: list[tuple[int, int]]) -> None:
    changed = bytearray(data)
    for at, bit in flips:
        changed[at % len(changed)] ^= 1 << bit
    try:
        read(bytes(changed))
    except Unreadable:
        assert data[:4] != PACKETS[0][:4]


@given(data=st.sampled_from(WHOLE), end=st.integers(0, 2000), junk=st.binary(max_size=50))
@settings(deadline=None, max_examples=200)
def test_files_that_end_anywhere(data: bytes, end: int, junk: bytes) -> None:
    try:
        read(data[:end] + junk)
    except Unreadable:
        assert is_capture(data)


@given(
    fields=st.lists(
        st.tuples(
            st.sampled_from(
                [1, 2, 4, 4, 6, 7, 8, 11, 12, 21, 22, 27, 28, 34, 48, 61, 150, 152, 154, 156, 158, 176, 233, 239, 305]
            ),
            st.sampled_from([0, 1, 2, 3, 4, 7, 8, 16, 0xFFFF]),
        ),
        max_size=24,
    ),
    content=st.binary(max_size=400),
    version=st.sampled_from([V9, IPFIX]),
)
@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_random_templates_and_data(fields: list[tuple[int, int]], content: bytes, version: int) -> None:
    send, number = (ipfix, 2) if version == IPFIX else (netflow_v9, 0)
    sides = [(8, 4), (12, 4), *fields, (4, 1)]
    outcome = read(send(a_set(number, template(sides))) + send(a_set(256, content)))
    assert outcome.table.num_rows + len(outcome.rejects) <= len(content) + 1


@given(data=st.binary(max_size=500))
@settings(deadline=None)
def test_random_bytes(data: bytes) -> None:
    read(data)
    read_file(netflow, b"\x00" + data)
