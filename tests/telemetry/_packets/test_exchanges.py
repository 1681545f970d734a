"""Flows: which packets are one, who began it, how it went, and that no more are open than there is room for."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import pytest

from tests.telemetry.captures import (
    ACK,
    CLIENT,
    FIN,
    PUSH,
    RST,
    SERVER,
    START,
    SYN,
    Connection,
    Timed,
    answer,
    asked,
    ethernet,
    ip,
    pcap,
    tcp,
    udp,
)
from tests.telemetry.reading import Outcome, read_file
from tocsin.telemetry import pcap as reader
from tocsin.telemetry._packets._exchanges import FLOW, KEY, Exchanges

BEGIN = datetime(2026, 1, 5)
ANSWER = SYN | ACK


def read(packets: Sequence[Timed]) -> Outcome:
    return read_file(reader, pcap(packets))


def spoken(*flags: tuple[int, int]) -> Outcome:
    """A connection of packets with these flags, each of the client (0) or the server (1)."""
    connection = Connection()
    for side, flag in flags:
        connection.packet(side, flag)
    return read(connection.packets)


def datagram(time: float, source: str, target: str, ports: tuple[int, int], size: int = 10) -> Timed:
    return START + time, ethernet(ip(source, target, 17, udp(*ports, bytes(size))))


def test_both_directions_are_one_row() -> None:
    connection = Connection().open().say(0, b"x" * 100).say(1, b"y" * 3000).close()
    assert read(connection.packets).rows == [
        {
            "sensor": "sensor",
            "time": BEGIN,
            "initiator": CLIENT,
            "initiator_port": 50_000,
            "responder": SERVER,
            "responder_port": 80,
            "uid": "1",
            "protocol": "tcp",
            "service": None,
            "duration_us": 100_000,
            "state": "SF",
            "initiator_packets": 5,
            "initiator_bytes": 5 * 40 + 100,
            "responder_packets": 6,
            "responder_bytes": 6 * 40 + 3000,
            "sampling": 1,
        }
    ]


@pytest.mark.parametrize(
    ("flags", "state"),
    [
        ([(0, SYN)], "S0"),
        ([(0, SYN), (0, SYN)], "S0"),
        ([(0, SYN), (1, RST | ACK)], "REJ"),
        ([(0, SYN), (1, ANSWER)], "S1"),
        ([(0, SYN), (1, ANSWER), (0, ACK), (0, ACK | PUSH)], "S1"),
        ([(0, SYN), (1, ANSWER), (0, ACK), (0, FIN | ACK), (1, FIN | ACK)], "SF"),
        ([(0, SYN), (1, ANSWER), (0, ACK), (0, FIN | ACK), (1, FIN | ACK), (0, RST)], "SF"),
        ([(0, SYN), (1, ANSWER), (0, ACK), (0, FIN | ACK)], "S2"),
        ([(0, SYN), (1, ANSWER), (0, ACK), (1, FIN | ACK)], "S3"),
        ([(0, SYN), (1, ANSWER), (0, ACK), (0, RST)], "RSTO"),
        ([(0, SYN), (1, ANSWER), (0, RST)], "RSTO"),
        ([(0, SYN), (1, ANSWER), (0, ACK), (1, RST)], "RSTR"),
        ([(0, SYN), (1, ANSWER), (0, ACK), (1, FIN | ACK), (0, RST)], "RSTO"),
        ([(0, SYN), (0, RST)], "RSTOS0"),
        ([(0, SYN), (0, FIN)], "SH"),
        ([(1, ANSWER), (1, RST)], "RSTRH"),
        ([(1, ANSWER), (1, FIN | ACK)], "SHR"),
        ([(0, ACK), (1, ACK)], "OTH"),
        ([(0, ACK), (1, ACK), (0, FIN | ACK), (1, FIN | ACK)], "SF"),
        ([(0, ACK), (1, ACK), (1, RST)], None),
        ([(0, ACK), (0, FIN | ACK)], None),
        ([(0, SYN), (1, ANSWER), (0, RST), (1, RST)], None),
    ],
)
def test_states_are_zeeks(flags: list[tuple[int, int]], state: str | None) -> None:
    (row,) = spoken(*flags).rows
    assert (row["initiator"], row["state"]) == (CLIENT, state)


def test_the_side_that_asked_for_the_connection_began_it() -> None:
    (row,) = spoken((1, ACK), (0, SYN), (1, ANSWER)).rows
    assert (row["initiator"], row["initiator_packets"], row["responder_packets"]) == (CLIENT, 1, 2)


def test_udp_is_as_it_was_seen_first() -> None:
    rows = read([datagram(0, SERVER, CLIENT, (500, 4500)), datagram(1, CLIENT, SERVER, (4500, 500))]).rows
    assert [(row["initiator"], row["initiator_port"], row["state"]) for row in rows] == [(SERVER, 500, "SF")]


def test_a_reply_of_dns_or_dhcp_alone_says_who_asked() -> None:
    reply = asked(answer(1, "example.org", []), back=True)
    offer = ethernet(ip(SERVER, CLIENT, 17, udp(67, 68, b"\x02" + bytes(239))))
    rows = read([(START, reply), (START, offer)]).rows
    assert {(row["initiator"], row["initiator_port"], row["initiator_packets"], row["state"]) for row in rows} == {
        (CLIENT, 40_000, 0, "SHR"),
        (CLIENT, 68, 0, "SHR"),
    }


@pytest.mark.parametrize(
    ("packets", "expected"),
    [
        ([(0, 8, 0), (1, 0, 0), (0, 8, 0), (1, 0, 0)], [(CLIENT, 8, 0, 2, 2)]),
        ([(1, 0, 0)], [(CLIENT, 8, 0, 0, 1)]),
        ([(0, 3, 1), (1, 3, 1)], [(CLIENT, 3, 1, 1, 0), (SERVER, 3, 1, 1, 0)]),
        ([(0, 3, 1), (0, 3, 3)], [(CLIENT, 3, 1, 1, 0), (CLIENT, 3, 3, 1, 0)]),
        ([(0, 13, 0), (1, 14, 0)], [(CLIENT, 13, 0, 1, 1)]),
    ],
)
def test_icmp_pairs_what_asks_and_what_answers(
    packets: list[tuple[int, int, int]], expected: list[tuple[str, int, int, int, int]]
) -> None:
    ends = (CLIENT, SERVER)
    sent = [
        (START + place, ethernet(ip(ends[side], ends[1 - side], 1, bytes([kind, code, 0, 0, 0, 0, 0, 0]))))
        for place, (side, kind, code) in enumerate(packets)
    ]
    columns = ("initiator", "initiator_port", "responder_port", "initiator_packets", "responder_packets")
    rows = read(sent).rows
    assert sorted(tuple(row[column] for column in columns) for row in rows) == expected
    assert {row["protocol"] for row in rows} == {"icmp"}


@pytest.mark.parametrize(("gap", "flows"), [(59.9, 1), (60.1, 2)])
def test_a_minute_of_silence_ends_an_exchange(gap: float, flows: int) -> None:
    rows = read([datagram(0, CLIENT, SERVER, (1, 2)), datagram(gap, SERVER, CLIENT, (2, 1))]).rows
    assert len(rows) == flows


@pytest.mark.parametrize(("gap", "flows"), [(299, 1), (301, 2)])
def test_five_minutes_of_silence_end_a_connection(gap: float, flows: int) -> None:
    connection = Connection().open()
    connection.time += gap
    assert len(read(connection.say(0, b"x").packets).rows) == flows


def test_a_connection_after_the_end_of_one_on_the_same_ports_is_another() -> None:
    refused = [(0, SYN), (1, RST | ACK)]
    rows = spoken(*refused, *refused, (0, SYN), (0, SYN), (1, ANSWER), (0, ACK)).rows
    found = sorted((row["time"], row["state"], row["initiator_packets"]) for row in rows)
    assert [(state, packets) for _, state, packets in found] == [("REJ", 1), ("REJ", 1), ("S1", 3)]


def test_after_a_day_the_rest_is_a_flow_of_its_own() -> None:
    packets = [datagram(minute * 50.0, CLIENT, SERVER, (1, 2)) for minute in range(2000)]
    rows = sorted(read(packets).rows, key=lambda row: row["time"])
    assert [row["initiator_packets"] for row in rows] == [1728, 272]
    assert timedelta(microseconds=rows[0]["duration_us"]) < timedelta(days=1)


def test_a_clock_that_jumps_ends_only_what_it_touches() -> None:
    steady = [datagram(second, CLIENT, SERVER, (1, 2)) for second in range(10)]
    wrong = (START + 86_400 * 300, ethernet(ip(CLIENT, SERVER, 17, udp(3, 4, b""))))
    rows = read([*steady[:5], wrong, *steady[5:]]).rows
    assert sorted(row["initiator_packets"] for row in rows) == [1, 10]


def test_packets_out_of_order_have_no_negative_duration() -> None:
    rows = read([datagram(5, CLIENT, SERVER, (1, 2)), datagram(3, CLIENT, SERVER, (1, 2))]).rows
    assert [(row["time"], row["duration_us"]) for row in rows] == [(BEGIN + timedelta(seconds=3), 2_000_000)]


def test_sampled_counts_are_scaled_up() -> None:
    (row,) = read_file(reader, pcap([datagram(0, CLIENT, SERVER, (1, 2))]), sampling=100).rows
    assert (row["initiator_packets"], row["initiator_bytes"], row["sampling"]) == (100, 3800, 100)


@pytest.mark.parametrize("pieces", [1, 3, 10_000])
def test_flows_do_not_depend_on_how_the_file_is_read(pieces: int) -> None:
    connections = [
        Connection(source_port=port, time=START + port / 1e6, pace=0.001).open().say(1, b"y" * 5000).close()
        for port in range(50_000, 50_020)
    ]
    packets = sorted(packet for connection in connections for packet in connection.packets)
    data = pcap(packets)
    size = len(data) // pieces + 1
    from_pieces: list[dict[str, object]] = []
    for part in reader.read((data[at : at + size] for at in range(0, len(data), size)), "sensor", 1):
        from_pieces += part.rows.to_pylist()  # type: ignore[union-attr]
    assert sorted(from_pieces, key=str) == sorted(read_file(reader, data).rows, key=str)
    assert len(from_pieces) == 20


def _flows(count: int, time: int) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    flows = np.zeros(count, FLOW)
    flows["key"].view(KEY)["ports"][:, 0] = np.arange(count)
    flows["first"] = flows["last"] = time + np.arange(count)
    flows["packets"][:, 0] = 1
    return flows


def test_open_flows_are_bounded_and_the_most_silent_go_first() -> None:
    exchanges = Exchanges(most=3000)
    exchanges.add(_flows(4000, 0))
    told = exchanges.expire(4000)
    assert len(exchanges.slots) <= 3000
    assert told["last"].tolist() == list(range(len(told)))
    assert len(exchanges.close()) + len(told) == 4000
    assert not exchanges.slots


def test_slots_are_used_again() -> None:
    exchanges = Exchanges()
    for round_ in range(5):
        exchanges.add(_flows(1000, round_ * 100_000_000))
        assert len(exchanges.expire((round_ + 1) * 100_000_000)) == 1000
    assert len(exchanges.flows) == 1024


def test_a_header_that_lies_about_its_size_hides_no_packet() -> None:
    segment = bytearray(tcp(1, 2, SYN))
    segment[12] = 0xF0
    (row,) = read([(START, ethernet(ip(CLIENT, SERVER, 6, bytes(segment))))]).rows
    assert row["state"] == "S0"
