"""Parties come and go."""

import json

from tests.cli.conftest import Tocsin


def test_parties_come_and_go(made: Tocsin) -> None:
    assert made("party", "add", "campus", "--networks", "192.0.2.128/25", "--subscribers", "40").code == 0
    listed = made("party", "list").out
    assert "campus" in listed
    assert "40 subscribers" in listed
    rows = [json.loads(line) for line in made("party", "list", "--json").out.splitlines()]
    assert {row["id"]: row["networks"] for row in rows} == {"isp": ["192.0.2.0/24"], "campus": ["192.0.2.128/25"]}
    assert made("party", "remove", "campus").code == 0
    assert made("party", "remove", "isp").code == 2
    assert made("party", "remove", "nobody").code == 2
