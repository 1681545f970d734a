"""Many ports of one address tried in vain are a scan; what else opens many ports is not."""

import pytest

from tests.detect.flows import HOST, PEER, Detect, Row, flow, unanswered
from tocsin.detect import scan_vertical


def ports(count: int, seconds: float = 0.1, first: int = 1, **changed: object) -> list[Row]:
    """An attempt at each of so many ports, so many seconds apart, without an answer."""
    return [unanswered(i * seconds, responder_port=first + i, **changed) for i in range(count)]


def answered(count: int, first: int = 50_000) -> list[Row]:
    return [flow(i, responder_port=first + i) for i in range(count)]


def test_a_burst_over_few_ports_is_found(detect: Detect) -> None:
    (row,) = detect("scan_vertical", ports(15, seconds=4))
    assert (row["host"], row["peer"], row["port"], row["protocol"]) == (HOST, PEER, None, "tcp")
    assert (row["ports"], row["silent_ports"], row["low_ports"], row["attempts"], row["inside"]) == (15, 15, 15, 15, 0)
    assert row["minutes"] == pytest.approx(56 / 60)
    assert row["score"] == 0.9
    assert detect("scan_vertical", ports(14)) == []


def test_high_ports_alone_must_be_many_or_come_in_a_burst(detect: Detect) -> None:
    assert detect("scan_vertical", ports(15, first=8000)) != []
    assert detect("scan_vertical", ports(49, first=8000, seconds=60)) == []
    assert detect("scan_vertical", ports(50, first=8000, seconds=60)) != []


def test_a_slow_scan_for_services_is_found(detect: Detect) -> None:
    (row,) = detect("scan_vertical", ports(20, seconds=3600))
    assert row["score"] == 0.7


def test_refusals_and_some_open_ports_are_no_way_out(detect: Detect) -> None:
    refused = ports(90, responder_packets=1, responder_bytes=40)
    (row,) = detect("scan_vertical", refused + answered(10))
    assert (row["ports"], row["silent_ports"], row["unanswered_share"]) == (100, 90, 0.9)


def test_a_neighbour_that_is_scanned_is_named_as_such(detect: Detect) -> None:
    rows = ports(100, responder="192.0.2.7")
    (row,) = detect("scan_vertical", rows)
    assert row["inside"] == 1
    told = scan_vertical.explain(HOST, row, 2)
    assert "192.0.2.7, which is in its own networks," in told
    assert "the same to 2 more addresses" in told
    assert "flows do not tell the two apart" in told


def test_transfers_on_ports_of_their_own_are_answered(detect: Detect) -> None:
    assert detect("scan_vertical", answered(500) + ports(20, first=40_000)) == []
    assert detect("scan_vertical", ports(75, first=8000) + answered(25)) != []
    assert detect("scan_vertical", ports(75, first=8000) + answered(26)) == []


def test_one_service_that_is_down_is_silent(detect: Detect) -> None:
    assert detect("scan_vertical", [unanswered(i, responder_port=443) for i in range(2000)]) == []


def test_a_program_that_looks_for_a_way_out_tries_a_handful(detect: Detect) -> None:
    assert detect("scan_vertical", ports(10) * 50) == []


def test_one_port_of_many_addresses_is_not_vertical(detect: Detect) -> None:
    rows = [unanswered(i, responder=f"198.51.100.{i}", responder_port=20 + i % 3) for i in range(250)]
    assert detect("scan_vertical", rows) == []


def test_datagrams_are_often_not_answered(detect: Detect) -> None:
    assert detect("scan_vertical", ports(500, protocol="udp")) == []


def test_attacks_from_outside_do_not_accuse_the_attacked(detect: Detect) -> None:
    attack = ports(800, initiator=PEER, responder=HOST)
    replies = ports(800, first=2000, initiator_port=23)
    assert detect("scan_vertical", attack + replies) == []


def test_a_sweep_over_well_known_ports_is_found_though_they_answer(detect: Detect) -> None:
    rows = [flow(i, responder_port=100 + i) for i in range(15)]
    (row,) = detect("scan_vertical", rows)
    assert (row["silent_ports"], row["score"]) == (0, 0.8)
    assert "answer or refused" not in scan_vertical.explain(HOST, row, 0)


def test_services_that_answer_are_no_sweep_when_they_are_few_slow_or_high(detect: Detect) -> None:
    assert detect("scan_vertical", [flow(i, responder_port=100 + i) for i in range(14)]) == []
    assert detect("scan_vertical", [flow(i * 10, responder_port=100 + i) for i in range(15)]) == []
    assert detect("scan_vertical", [flow(i, responder_port=10_000 + i) for i in range(100)]) == []
