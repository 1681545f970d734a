"""A host that calls at even intervals is found; clocks, people and update checks are not."""

import random
from typing import Any

import pytest

from tests.detect.flows import HOST, PEER, Detect, Row, flow, unanswered
from tocsin.detect import c2_beacon


def every(seconds: float, count: int, **changed: Any) -> list[Row]:
    return [flow(i * seconds, **changed) for i in range(count)]


def test_even_intervals_on_a_port_of_its_own_are_found(detect: Detect) -> None:
    (row,) = detect("c2_beacon", every(60, 100))
    assert (row["host"], row["peer"], row["port"], row["protocol"]) == (HOST, PEER, 4444, "tcp")
    assert row["contacts"] == 100
    assert row["interval_median_seconds"] == 60
    assert row["hours"] == pytest.approx(99 / 60)
    assert row["score"] == 0.70


def test_silence_from_the_other_side_weighs(detect: Detect) -> None:
    (row,) = detect("c2_beacon", [unanswered(i * 60) for i in range(100)])
    assert row["unanswered_share"] == 1
    assert row["score"] == 0.90


@pytest.mark.parametrize("jitter", [0.1, 0.3, 0.5])
def test_jitter_up_to_half_of_the_interval_is_found(detect: Detect, jitter: float) -> None:
    chance = random.Random(int(jitter * 10))
    at, rows = 0.0, []
    for _ in range(200):
        at += 120 * chance.uniform(1 - jitter, 1 + jitter)
        rows.append(flow(at))
    assert [row["peer"] for row in detect("c2_beacon", rows)] == [PEER]


def test_calls_without_a_pause_for_hours_are_found_though_their_intervals_differ(detect: Detect) -> None:
    # Three tries in a row, then a rest: the quartiles lie far apart, but no five minutes pass without a call.
    rows = [unanswered(start + extra) for start in range(0, 6 * 3600, 130) for extra in (0, 1, 3)]
    (row,) = detect("c2_beacon", rows)
    assert row["interval_upper_quartile_seconds"] > 10 * row["interval_lower_quartile_seconds"]
    assert row["slots_with_contact_share"] >= 0.99


def test_events_without_memory_are_not_regular(detect: Detect) -> None:
    chance = random.Random(7)
    for _ in range(5):
        at, rows = 0.0, []
        for _ in range(60):
            at += chance.expovariate(1 / 600)
            rows.append(unanswered(at))
        assert detect("c2_beacon", rows) == []


def test_clocks_and_resolvers_are_no_beacons(detect: Detect) -> None:
    rows = [
        unanswered(i * 64, protocol=protocol, responder_port=port)
        for i in range(300)
        for protocol, port in (("udp", 123), ("udp", 53), ("tcp", 53))
    ]
    assert detect("c2_beacon", rows) == []


def test_regular_contact_on_an_ordinary_port_is_not_reported(detect: Detect) -> None:
    assert detect("c2_beacon", every(300, 280, responder_port=443, service="ssl")) == []
    assert detect("c2_beacon", every(300, 280, responder_port=8883)) == []
    assert detect("c2_beacon", [unanswered(i * 300, responder_port=443) for i in range(280)]) == []


def test_an_ordinary_protocol_on_a_port_of_its_own_is_not_reported(detect: Detect) -> None:
    assert detect("c2_beacon", every(60, 100, service="http")) == []


def test_keeping_a_path_open_over_udp_is_not_reported(detect: Detect) -> None:
    assert detect("c2_beacon", every(25, 500, protocol="udp")) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"responder": "192.0.2.20"},
        {"initiator": PEER, "responder": HOST},
        {"responder": "224.0.0.251"},
        {"responder": "169.254.1.1"},
    ],
    ids=["inside", "inward", "multicast", "link-local"],
)
def test_only_calls_to_the_outside_count(detect: Detect, changed: Row) -> None:
    assert detect("c2_beacon", [unanswered(i * 60, **changed) for i in range(100)]) == []


def test_few_contacts_or_a_short_time_are_not_enough(detect: Detect) -> None:
    assert detect("c2_beacon", [unanswered(i * 60) for i in range(19)]) == []
    assert detect("c2_beacon", [unanswered(i * 10) for i in range(80)]) == []


def test_contacts_at_the_same_moment_give_the_same_as_in_any_order(detect: Detect) -> None:
    rows = [flow(i * 60, initiator_port=port) for i in range(50) for port in (40001, 40002)]
    shuffled = random.Random(1).sample(rows, len(rows))
    assert detect("c2_beacon", rows) == detect("c2_beacon", shuffled)


def test_the_explanation_says_what_was_seen(detect: Detect) -> None:
    (row,) = detect("c2_beacon", [unanswered(i * 60) for i in range(100)])
    text = c2_beacon.explain(HOST, row, 2)
    assert text.startswith(f"{HOST} has contacted {PEER} on port 4444/tcp 100 times in 1.6 hours")
    assert "60 seconds apart, mostly without an answer" in text
    assert "the same with 2 more" in text


def test_contacts_without_a_port_are_left_out(detect: Detect) -> None:
    assert detect("c2_beacon", [unanswered(i * 60, responder_port=None) for i in range(400)]) == []
