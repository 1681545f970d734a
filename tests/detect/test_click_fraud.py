"""Clicks all day long are found; a person's browsing is not."""

from typing import Any

import pytest

from tests.detect.flows import HOST, PEER, Detect, Row, seen
from tocsin.detect import click_fraud
from tocsin.records import Http

PATHS = ("/aclk?sa=1", "/track/click/77", "/clk;22;x", "/adclick.php?id=9")


def request(seconds: float, **changed: Any) -> Row:
    row = {"responder": PEER, "responder_port": 80, "method": "GET", "user_agent": "M", "response_bytes": 5}
    return seen(Http, seconds, **row | changed)


def clicks(count: int = 120, every: float = 60, hosts: int = 4, **changed: Any) -> list[Row]:
    return [
        request(i * every, **{"host": f"ads{i % hosts}.example", "path": PATHS[i % len(PATHS)]} | changed)
        for i in range(count)
    ]


def pages(count: int, path: str = "/picture/one.jpg") -> list[Row]:
    return [request(i * 10, host="news.example", path=path) for i in range(count)]


def test_clicks_all_day_are_found(detect: Detect) -> None:
    rows = detect("click_fraud", [], http=clicks())
    assert [(row["host"], row["name"], row["peer"]) for row in rows] == [
        (HOST, f"ads{i}.example", None) for i in range(4)
    ]
    assert (rows[0]["clicks"], rows[0]["clicks_on_this_host"], rows[0]["score"]) == (120, 30, 0.80)
    assert "followed advertisements 120 times on 4 advertising hosts" in click_fraud.explain(HOST, rows[0], 3)


def test_names_that_say_click_count_too(detect: Detect) -> None:
    rows = [request(i * 60, host=f"click.ads{i % 3}.example", path="/x") for i in range(100)]
    assert detect("click_fraud", [], http=rows) != []


@pytest.mark.parametrize(
    "rows",
    [
        clicks(99),
        clicks(hosts=2),
        clicks(every=20),
        clicks() + pages(281),
        clicks(initiator="203.0.113.9"),
        [row | {"path": "/clicking-sounds/clerk.html"} for row in clicks()],
        pages(500),
    ],
    ids=["few", "two hosts", "soon over", "among pages", "not local", "other words", "pages"],
)
def test_less_is_not_reported(detect: Detect, rows: list[Row]) -> None:
    assert detect("click_fraud", [], http=rows) == []
