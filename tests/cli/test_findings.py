"""Findings as they are listed: the contract of the JSON, and what people read."""

import json

from tests.cli.conftest import Tocsin

CONTRACT = (
    "id party subject host behaviour technique score confidence first_seen last_seen peers evidence explanation "
    "detector marking suppressed_by"
)


def test_the_contract_of_a_finding(looked: Tocsin) -> None:
    (finding,) = map(json.loads, looked("findings", "--json").out.splitlines())
    assert set(CONTRACT.split()) <= set(finding)
    assert finding["host"] == "192.0.2.10"
    assert finding["behaviour"] == "c2_beacon"
    assert finding["first_seen"] == "2026-03-01T00:00:00Z"
    assert finding["peers"] == [{"address": "198.51.100.7", "port": 4444, "proto": "tcp", "name": None}]
    assert finding["evidence"][0]["contacts"] == 600


def test_for_people(looked: Tocsin) -> None:
    shown = looked("findings").out
    assert "2026-03-01  192.0.2.10  c2_beacon  90 %" in shown
    assert "192.0.2.10 has contacted 198.51.100.7" in shown


def test_nothing_looked_for_yet(made: Tocsin) -> None:
    assert made("findings").out == "nothing found: 'tocsin detect' looks\n"
    assert made("findings", "--json").out == ""
