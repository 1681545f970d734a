"""A host that calls at even intervals is found; clocks, people and update checks are not."""

import random
from typing import Any

import pytest

from tests.detect.flows import HOST, PEER, Detect, Row, flow, seen, unanswered
from tocsin.detect import c2_beacon
from tocsin.records import Http, Tls


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


def web(seconds: float, **changed: Any) -> Row:
    return flow(
        seconds, **{"responder_port": 443, "service": "ssl", "initiator_bytes": 244, "responder_bytes": 944} | changed
    )


def test_the_same_exchange_many_times_a_minute_is_found_on_an_ordinary_port(detect: Detect) -> None:
    (row,) = detect("c2_beacon", [web(i * 3) for i in range(150)])
    assert (row["peer"], row["port"], row["score"], row["calls_home"]) == (PEER, 443, 0.70, 1)
    assert "each exchange is like the others" in c2_beacon.explain(HOST, row, 0)


@pytest.mark.parametrize(
    "rows",
    [
        [web(i * 3) for i in range(99)],
        [web(i * 2) for i in range(140)],
        [web(i * 7) for i in range(150)],
        [web(i * 3, responder_bytes=900 + 7 * (i % 20)) for i in range(150)],
        [web(i * 3, responder_bytes=1_000_000) for i in range(150)],
        [web(i * 3, responder_bytes=None) for i in range(150)],
    ],
    ids=["few", "soon over", "seldom", "different", "parts of a download", "sizes not known"],
)
def test_many_calls_on_an_ordinary_port_are_not_enough(detect: Detect, rows: list[Row]) -> None:
    assert detect("c2_beacon", rows) == []


def varied(least: float, most: float, hours: float, seed: int = 1) -> list[float]:
    """Moments whose distances are spread evenly between two bounds, in seconds."""
    chance, moments = random.Random(seed), [0.0]
    while moments[-1] < hours * 3600:
        moments.append(moments[-1] + chance.uniform(least, most))
    return moments


def test_a_rhythm_that_is_varied_on_purpose_is_found_on_an_ordinary_port(detect: Detect) -> None:
    (row,) = detect("c2_beacon", [web(moment) for moment in varied(200, 300, 6)])
    assert (row["peer"], row["calls_home"]) == (PEER, 1)


@pytest.mark.parametrize(
    "rows",
    [
        [web(i * 250 + (i % 3) * 0.1) for i in range(90)],
        [web(moment) for moment in varied(200, 300, 2.9)],
        [web(moment, initiator_bytes=round(200 + moment % 90)) for moment in varied(200, 300, 6)],
        [web(moment + 7200 * (moment > 9000)) for moment in varied(200, 300, 4)],
    ],
    ids=["a timer", "not for long", "different", "with a pause"],
)
def test_other_rhythms_on_an_ordinary_port_are_not_reported(detect: Detect, rows: list[Row]) -> None:
    assert detect("c2_beacon", rows) == []


def request(seconds: float, **changed: Any) -> Row:
    row = {
        "responder": PEER,
        "responder_port": 80,
        "method": "GET",
        "path": "/a",
        "host": "a.example",
        "response_bytes": 5,
    }
    return seen(Http, seconds, **row | changed)


def connect(seconds: float, **changed: Any) -> Row:
    proxy = {"responder": "192.0.2.3", "responder_port": 3128, "method": "CONNECT", "path": "a.example:443"}
    return request(seconds, **proxy | {"host": "a.example:443", "response_bytes": 0} | changed)


def test_a_name_that_is_called_through_a_proxy_is_named_and_the_proxy_is_not(detect: Detect) -> None:
    (row,) = detect("c2_beacon", [], http=[connect(moment) for moment in varied(200, 300, 6)])
    assert (row["host"], row["name"], row["peer"], row["port"]) == (HOST, "a.example", None, None)
    assert f"{HOST} has contacted a.example through a proxy" in c2_beacon.explain(HOST, row, 0)


def test_update_checks_through_a_proxy_are_not_reported(detect: Detect) -> None:
    assert detect("c2_beacon", [], http=[connect(i * 300) for i in range(280)]) == []


def test_one_address_under_many_names_is_found_though_the_requests_share_connections(detect: Detect) -> None:
    rows = [request(i * 2, host=f"name{i % 20:02}.example") for i in range(200)]
    (row,) = detect("c2_beacon", [], http=rows)
    assert (row["peer"], row["port"], row["name"], row["names_called"]) == (PEER, 80, None, 20)
    assert "under 20 names" in c2_beacon.explain(HOST, row, 0)


def test_a_page_that_asks_its_own_server_for_news_is_not_reported(detect: Detect) -> None:
    assert detect("c2_beacon", [], http=[request(i * 2) for i in range(200)]) == []


def test_a_server_of_the_own_network_is_not_called_by_name(detect: Detect) -> None:
    rows = [request(moment, responder="192.0.2.3") for moment in varied(200, 300, 6)]
    assert detect("c2_beacon", [], http=rows) == []


def test_address_and_name_of_the_same_calls_are_one_row(detect: Detect) -> None:
    moments = varied(200, 300, 6)
    flows = [web(moment, uid=f"C{number}") for number, moment in enumerate(moments)]
    handshakes = [
        seen(Tls, moment, uid=f"C{number}", responder=PEER, responder_port=443, server_name="a.example")
        for number, moment in enumerate(moments)
    ]
    (row,) = detect("c2_beacon", flows, tls=handshakes)
    assert (row["peer"], row["port"], row["name"]) == (PEER, 443, "a.example")


def test_a_name_that_lies_at_several_addresses_is_one(detect: Detect) -> None:
    rows = [request(moment, responder=f"198.51.100.{round(moment) % 5}") for moment in varied(200, 300, 6)]
    (row,) = detect("c2_beacon", [], http=rows)
    assert (row["name"], row["peer"], row["port"]) == ("a.example", None, 80)


def days(every_hours: float, count: int, wobble: float = 0.0, **changed: Any) -> list[Row]:
    """Calls that are hours apart, over as many days as it takes."""
    chance = random.Random(4)
    return [unanswered((i + chance.uniform(0, wobble)) * every_hours * 3600, **changed) for i in range(count)]


def test_calls_that_are_hours_apart_show_over_days(detect: Detect) -> None:
    rows = detect("c2_beacon", days(6, 40))
    assert {row["contacts"] for row in rows} == set(range(20, 41, 4))
    last = max(rows, key=lambda row: row["contacts"])
    assert (last["interval_median_seconds"], last["hours"], last["score"]) == (21_600, 234, 0.90)
    assert last["day"] == last["last_seen"].date() == last["first_seen"].date()


def test_one_call_a_day_shows_over_weeks(detect: Detect) -> None:
    assert [row["contacts"] for row in detect("c2_beacon", days(24, 21))] == [20, 21]


def test_rare_calls_at_all_hours_are_no_rhythm(detect: Detect) -> None:
    assert detect("c2_beacon", days(12, 28, wobble=3.0)) == []


def test_rare_calls_on_an_ordinary_port_are_not_reported(detect: Detect) -> None:
    assert detect("c2_beacon", days(6, 40, responder_port=443)) == []
