"""A low-volume channel on a port of its own, or over IRC, is found; people's chat, transfers and peers are not."""

import pytest

from tests.detect.flows import HOST, PEER, Detect, flow, unanswered
from tocsin.detect import c2_channel


def test_calling_again_and_again_all_day_is_found(detect: Detect) -> None:
    (row,) = detect("c2_channel", [flow(i * 200) for i in range(200)])
    assert (row["host"], row["peer"], row["port"]) == (HOST, PEER, 4444)
    assert row["answered_connections"] == 200
    assert row["hours_with_contact"] == 12
    assert row["bytes_per_connection"] == 480
    assert row["score"] == pytest.approx(0.99)


def test_irc_that_reconnects_is_found_on_its_own_port(detect: Detect) -> None:
    (row,) = detect("c2_channel", [flow(i * 600, responder_port=6667, service="irc") for i in range(60)])
    assert row["irc_connections"] == 60
    assert row["score"] >= 0.75


def test_one_connection_that_lasts_for_hours_is_found(detect: Detect) -> None:
    (row,) = detect("c2_channel", [flow(0, duration_us=5 * 3_600_000_000)])
    assert row["connected_minutes"] == 300


def test_a_persons_chat_stays_connected_and_is_not_reported(detect: Detect) -> None:
    rows = [flow(i * 14_400, responder_port=6697, service="irc", duration_us=14_000_000_000) for i in range(3)]
    assert detect("c2_channel", rows) == []


@pytest.mark.parametrize("port", [22, 80, 443, 5222, 8883])
def test_ordinary_ports_are_not_judged(detect: Detect, port: int) -> None:
    assert detect("c2_channel", [flow(i * 200, responder_port=port) for i in range(200)]) == []


def test_an_ordinary_protocol_is_not_reported(detect: Detect) -> None:
    rows = [flow(i * 1800, service="ssl", duration_us=1_700_000_000) for i in range(20)]
    assert detect("c2_channel", rows) == []


def test_much_data_is_no_channel(detect: Detect) -> None:
    assert detect("c2_channel", [flow(i * 200, responder_bytes=2_000_000) for i in range(200)]) == []


def test_without_an_answer_it_is_no_channel(detect: Detect) -> None:
    assert detect("c2_channel", [unanswered(i * 200) for i in range(200)]) == []


def test_one_of_many_alike_is_a_peer_to_peer_client(detect: Detect) -> None:
    rows = [
        flow(i * 3600, responder=f"198.51.100.{peer}", responder_port=20000 + peer, duration_us=2_000_000_000)
        for peer in range(1, 40)
        for i in range(4)
    ]
    assert detect("c2_channel", rows) == []


def test_udp_is_left_out(detect: Detect) -> None:
    assert detect("c2_channel", [flow(i * 200, protocol="udp") for i in range(200)]) == []


def test_the_explanation_says_what_was_seen(detect: Detect) -> None:
    (row,) = detect("c2_channel", [flow(i * 600, responder_port=6667, service="irc") for i in range(60)])
    text = c2_channel.explain(HOST, row, 0)
    assert "over a chat protocol (IRC): 60 answered connections in 10 hours of the day, 480 bytes each" in text


def test_a_connection_that_is_held_is_told_by_its_minutes(detect: Detect) -> None:
    (row,) = detect("c2_channel", [flow(0, duration_us=4 * 3_600_000_000)])
    assert "1 answered connection of 240 minutes in all" in c2_channel.explain(HOST, row, 0)
