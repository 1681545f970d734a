"""A flood that nobody answers is found; downloads, speech, retries and scans are not."""

import pytest

from tests.detect.flows import HOST, PEER, Detect, flow, unanswered
from tocsin.detect import ddos_source


def test_many_packets_in_few_flows_are_found(detect: Detect) -> None:
    rows = [unanswered(i, duration_us=3_000_000, initiator_packets=1000, initiator_bytes=40_000) for i in range(20)]
    (row,) = detect("ddos_source", rows)
    assert (row["host"], row["peer"], row["port"]) == (HOST, PEER, 4444)
    assert row["packets"] == 20_000
    assert row["lasted_seconds"] == 22
    assert row["packets_per_second"] == pytest.approx(20_000 / 22)


def test_many_flows_are_found_where_packets_are_not_counted(detect: Detect) -> None:
    rows = [unanswered(i / 100, initiator_packets=0, initiator_bytes=0, duration_us=None) for i in range(3000)]
    (row,) = detect("ddos_source", rows)
    assert row["flows"] == 3000
    assert row["flows_per_second"] == pytest.approx(100, rel=0.01)
    assert "3\N{NARROW NO-BREAK SPACE}000 new connections" in ddos_source.explain(HOST, row, 0)


def test_bursts_are_told_apart_by_silence(detect: Detect) -> None:
    burst = [unanswered(i, initiator_packets=2000, duration_us=1_000_000) for i in range(10)]
    later = [unanswered(3600 + i, initiator_packets=2000, duration_us=1_000_000) for i in range(10)]
    (row,) = detect("ddos_source", burst + later)
    assert row["bursts"] == 2
    assert row["lasted_seconds"] == 20


def test_a_flood_across_the_hour_is_one_burst(detect: Detect) -> None:
    rows = [unanswered(3590 + i, initiator_packets=1000, duration_us=1_000_000) for i in range(20)]
    (row,) = detect("ddos_source", rows)
    assert (row["bursts"], row["packets"]) == (1, 20_000)


def test_a_long_flow_is_spread_over_its_duration(detect: Detect) -> None:
    assert detect("ddos_source", [unanswered(0, initiator_packets=100_000, duration_us=3_600_000_000)]) == []
    (row,) = detect("ddos_source", [unanswered(0, initiator_packets=100_000, duration_us=60_000_000)])
    assert row["packets_per_second"] == pytest.approx(100_000 / 60)


def test_an_upload_is_acknowledged_and_so_no_flood(detect: Detect) -> None:
    rows = [flow(i, initiator_packets=5000, responder_packets=2500, duration_us=1_000_000) for i in range(60)]
    assert detect("ddos_source", rows) == []


def test_speech_without_return_is_too_slow(detect: Detect) -> None:
    rows = [unanswered(i * 60, protocol="udp", initiator_packets=3000, duration_us=60_000_000) for i in range(60)]
    assert detect("ddos_source", rows) == []


def test_retries_to_a_dead_server_are_too_few(detect: Detect) -> None:
    assert detect("ddos_source", [unanswered(i * 2, initiator_packets=6) for i in range(900)]) == []


def test_a_scan_is_no_flood(detect: Detect) -> None:
    rows = [unanswered(i / 100, responder_port=i % 60_000) for i in range(5000)]
    assert detect("ddos_source", rows) == []


def test_attacks_from_outside_do_not_accuse_the_attacked(detect: Detect) -> None:
    rows = [unanswered(i, initiator=PEER, responder=HOST, initiator_packets=9000, duration_us=10**6) for i in range(60)]
    assert detect("ddos_source", rows) == []


def test_answers_that_are_counted_in_bytes_alone_are_answers(detect: Detect) -> None:
    unknown = {"initiator_packets": None, "responder_packets": None, "duration_us": None}
    assert detect("ddos_source", [flow(i / 100, **unknown) for i in range(3000)]) == []
    (row,) = detect("ddos_source", [unanswered(i / 100, **unknown) for i in range(3000)])
    assert row["flows"] == 3000


def test_one_idle_connection_hides_no_flood(detect: Detect) -> None:
    rows = [unanswered(i / 50, initiator_packets=60, duration_us=1_000_000) for i in range(1000)]
    idle = unanswered(0, initiator_packets=3, duration_us=7_200_000_000)
    (row,) = detect("ddos_source", [*rows, idle])
    assert row["lasted_seconds"] < 60


def test_a_protocol_without_ports_is_found_too(detect: Detect) -> None:
    rows = [
        unanswered(i, protocol="47", responder_port=None, initiator_packets=5000, duration_us=10**6) for i in range(60)
    ]
    (row,) = detect("ddos_source", rows)
    assert (row["protocol"], row["port"]) == ("47", None)
    assert "over protocol 47" in ddos_source.explain(HOST, row, 0)


def test_what_the_source_does_not_say_is_not_silence(detect: Detect) -> None:
    unknown = {"responder_packets": None, "responder_bytes": None, "initiator_packets": 5000, "duration_us": 10**6}
    rows = [flow(i, **unknown) for i in range(60)]
    assert detect("ddos_source", [*rows, unanswered(61)]) == []
