"""Logins that fail again and again are found, and connections that look like them; ordinary logins are not."""

from typing import Any

import pytest

from tests.detect.flows import HOST, PEER, Detect, Row, flow, seen
from tocsin.detect import brute_force
from tocsin.records import Login


def login(second: float, success: bool | None = False, **changed: Any) -> Row:
    row = {"responder": PEER, "responder_port": 22, "service": "ssh", "success": success, "attempts": 1}
    return seen(Login, second, **row | changed)


def connection(second: float, **changed: Any) -> Row:
    return flow(second, **{"responder_port": 22, "initiator_bytes": 2100, "responder_bytes": 2600} | changed)


def test_logins_that_fail_at_one_server_are_found(detect: Detect) -> None:
    (row,) = detect("brute_force", [], login=[login(i * 9) for i in range(30)])
    assert (row["host"], row["peer"], row["port"], row["score"]) == (HOST, PEER, 22, 0.70)
    assert (row["failed_logins"], row["tries"], row["servers"]) == (30, 30, 1)
    assert f"failed to log in to {PEER} on port 22/tcp 30 times" in brute_force.explain(HOST, row, 0)


def test_attempts_within_a_session_count(detect: Detect) -> None:
    assert detect("brute_force", [], login=[login(i * 60, attempts=6) for i in range(5)]) != []


def test_logins_that_fail_once_at_each_of_many_servers_are_found(detect: Detect) -> None:
    rows = detect("brute_force", [], login=[login(i, responder=f"198.51.100.{i}") for i in range(15)])
    assert len(rows) == 15
    assert rows[0]["servers"] == 15


@pytest.mark.parametrize(
    "rows",
    [
        [login(i) for i in range(29)],
        [login(i, responder=f"198.51.100.{i}") for i in range(14)],
        [login(i) for i in range(30)] + [login(100 + i, True) for i in range(8)],
        [login(i, None) for i in range(300)],
        [login(i, initiator=PEER, responder=HOST) for i in range(300)],
    ],
    ids=["few", "few servers", "mostly right", "not known", "from outside"],
)
def test_other_logins_are_not_reported(detect: Detect, rows: list[Row]) -> None:
    assert detect("brute_force", [], login=rows) == []


def test_connections_that_are_all_alike_and_fast_are_found(detect: Detect) -> None:
    (row,) = detect("brute_force", [connection(i * 4) for i in range(120)])
    assert (row["tries"], row["failed_logins"], row["score"]) == (120, 0, 0.70)
    assert "opened 120 connections" in brute_force.explain(HOST, row, 0)


@pytest.mark.parametrize(
    "rows",
    [
        [connection(i * 4) for i in range(99)],
        [connection(i * 11) for i in range(120)],
        [connection(i * 4, responder_bytes=2000 + 40 * (i % 30)) for i in range(120)],
        [connection(i * 4, responder_bytes=90_000) for i in range(120)],
        [connection(i * 4, responder_port=443) for i in range(120)],
        [connection(i * 4, responder_packets=0, responder_bytes=0) for i in range(120)],
        [connection(i * 4, initiator=PEER, responder=HOST) for i in range(120)],
    ],
    ids=["few", "slow", "different", "used", "web", "silent", "from outside"],
)
def test_other_connections_are_not_reported(detect: Detect, rows: list[Row]) -> None:
    assert detect("brute_force", rows) == []


def test_what_telemetry_of_logins_says_is_not_said_again_from_flows(detect: Detect) -> None:
    rows = detect("brute_force", [connection(i * 4) for i in range(120)], login=[login(i * 4) for i in range(120)])
    assert [row["failed_logins"] for row in rows] == [120]
