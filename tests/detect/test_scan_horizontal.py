"""Many addresses tried in vain on one port are a scan; what else calls many addresses is not."""

import pytest

from tests.detect.flows import HOST, PEER, Detect, Row, flow, unanswered
from tocsin.detect import scan_horizontal


def addresses(
    count: int, seconds: float = 1, port: int = 23, prefix: str = "198.51.100.", **changed: object
) -> list[Row]:
    """An attempt at each of so many addresses, so many seconds apart, without an answer."""
    return [unanswered(i * seconds, responder=f"{prefix}{i + 1}", responder_port=port, **changed) for i in range(count)]


def answered(count: int, seconds: float = 1, port: int = 443, prefix: str = "203.0.113.") -> list[Row]:
    return [flow(i * seconds, responder=f"{prefix}{i + 1}", responder_port=port) for i in range(count)]


def test_a_burst_over_few_addresses_is_found(detect: Detect) -> None:
    rows = detect("scan_horizontal", addresses(10, seconds=20))
    assert [row["peer"] for row in rows] == [f"198.51.100.{i}" for i in range(1, 6)]
    row = rows[0]
    assert (row["host"], row["port"], row["protocol"]) == (HOST, 23, "tcp")
    assert (row["targets"], row["silent_targets"], row["targets_inside"], row["attempts"]) == (10, 10, 0, 10)
    assert row["minutes"] == pytest.approx(3)
    assert row["targets_per_minute"] == pytest.approx(10 / 3)
    assert row["unanswered_share"] == 1
    assert (row["last_seen"] - row["first_seen"]).total_seconds() == 180


def test_fewer_or_slower_are_not(detect: Detect) -> None:
    assert detect("scan_horizontal", addresses(9)) == []
    assert detect("scan_horizontal", addresses(10, seconds=40)) == []
    assert detect("scan_horizontal", addresses(10, seconds=40), burst_minutes=6) != []


def test_a_slow_scan_over_the_day_needs_more(detect: Detect) -> None:
    assert detect("scan_horizontal", addresses(29, seconds=1800)) == []
    row = detect("scan_horizontal", addresses(30, seconds=1800))[0]
    assert (row["targets"], row["score"]) == (30, 0.8)


def test_on_a_port_of_ordinary_software_it_needs_more_still(detect: Detect) -> None:
    assert detect("scan_horizontal", addresses(29, port=443)) == []
    assert detect("scan_horizontal", addresses(30, port=443)) != []
    assert detect("scan_horizontal", addresses(99, port=80, seconds=600)) == []
    assert detect("scan_horizontal", addresses(100, port=80, seconds=600)) != []


def test_a_scan_among_local_hosts_is_judged_apart(detect: Detect) -> None:
    inner = addresses(40, port=445, prefix="192.0.2.", initiator="192.0.2.200")
    outer = answered(100, port=445)
    rows = detect("scan_horizontal", inner + [row | {"initiator": "192.0.2.200"} for row in outer])
    assert {row["targets_inside"] for row in rows} == {40}
    assert "in its own networks" in scan_horizontal.explain("192.0.2.200", rows[0], 4)


def test_refusals_count_as_silence_with_and_without_a_state(detect: Detect) -> None:
    refused: Row = {"responder_packets": 1, "responder_bytes": 40}
    assert detect("scan_horizontal", addresses(20, **refused)) != []
    assert detect("scan_horizontal", addresses(20, **refused, state="REJ")) != []


def test_some_answers_do_not_hide_a_large_scan(detect: Detect) -> None:
    rows = addresses(120, port=22) + answered(40, port=22)
    assert detect("scan_horizontal", rows)[0]["unanswered_share"] == 0.75
    assert detect("scan_horizontal", rows + answered(1, port=22, prefix="198.18.0.")) == []


def test_repeated_attempts_are_one_target_each(detect: Detect) -> None:
    assert detect("scan_horizontal", addresses(9) * 20) == []
    assert detect("scan_horizontal", addresses(20) * 3)[0]["attempts"] == 60


def test_ports_are_told_with_the_strongest_first(detect: Detect) -> None:
    rows = detect("scan_horizontal", addresses(100, port=23) + addresses(12, port=2323, prefix="203.0.113."))
    assert [row["port"] for row in rows] == [23] * 5 + [2323] * 5
    told = scan_horizontal.explain(HOST, rows[0], 9)
    assert "port 23/tcp of 100 addresses in the Internet within" in told
    assert "the same with 1 more port." in told
    assert "flows do not tell the two apart" in told


@pytest.mark.parametrize("port", [25, 80, 443])
def test_crawlers_and_mail_servers_find_most_of_what_they_look_for(detect: Detect, port: int) -> None:
    assert detect("scan_horizontal", answered(200, port=port) + addresses(150, port=port)) == []


def test_a_peer_to_peer_client_has_a_port_for_each_peer(detect: Detect) -> None:
    scattered = [unanswered(i, responder=f"203.0.113.{i + 1}", responder_port=20_000 + i) for i in range(60)]
    assert detect("scan_horizontal", scattered) == []
    assert detect("scan_horizontal", scattered + addresses(120, port=4662) + answered(30, port=4662)) == []
    assert detect("scan_horizontal", scattered[:10] + addresses(120, port=23)) != []


def test_a_dead_server_and_its_kin_are_few(detect: Detect) -> None:
    rows = [unanswered(i, responder=f"198.51.100.{i % 4}", responder_port=8333) for i in range(2000)]
    assert detect("scan_horizontal", rows) == []


def test_a_browser_that_tries_both_families_is_silent(detect: Detect) -> None:
    ipv6 = [
        unanswered(i * 300, initiator="2001:db8::5", responder=f"2a00::{i + 1:x}", responder_port=443)
        for i in range(60)
    ]
    assert detect("scan_horizontal", ipv6 + answered(60)) == []


@pytest.mark.parametrize("port", [53, 123, 1900, 5353, 6881])
def test_datagrams_are_often_not_answered(detect: Detect, port: int) -> None:
    assert detect("scan_horizontal", addresses(200, port=port, protocol="udp")) == []


def test_multicast_is_nobody(detect: Detect) -> None:
    assert detect("scan_horizontal", addresses(200, prefix="239.255.255.")) == []


def test_monitoring_is_answered(detect: Detect) -> None:
    rows = [
        row | {"responder_bytes": 44, "responder_packets": 1} for row in answered(200, port=5666, prefix="192.0.2.")
    ]
    assert detect("scan_horizontal", rows) == []


def test_answers_to_a_forged_flood_accuse_nobody(detect: Detect) -> None:
    assert detect("scan_horizontal", addresses(200, port=1025, initiator_port=80)) == []


def test_attacks_from_outside_do_not_accuse_the_attacked(detect: Detect) -> None:
    rows = [unanswered(i, initiator=PEER, responder=f"192.0.2.{i + 1}", responder_port=23) for i in range(200)]
    back = [
        unanswered(i, initiator=HOST, initiator_port=23, responder=PEER, responder_port=i + 2000) for i in range(200)
    ]
    assert detect("scan_horizontal", rows + back) == []
