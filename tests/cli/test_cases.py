"""Cases as they are listed."""

import json

from tests.cli.conftest import Tocsin

CONTRACT = (
    "id subject responsible state severity opened behaviours findings sightings notices mitigations history marking"
)


def test_the_contract_of_a_case(looked: Tocsin) -> None:
    (finding,) = map(json.loads, looked("findings", "--json").out.splitlines())
    (case,) = map(json.loads, looked("cases", "--json").out.splitlines())
    assert set(CONTRACT.split()) <= set(case)
    assert case["state"] == "open"
    assert case["responsible"]["party"] == "isp"
    assert case["findings"] == [finding["id"]]
    assert [event["event"] for event in case["history"]] == ["found"]


def test_for_people(looked: Tocsin) -> None:
    shown = looked("cases").out
    assert "192.0.2.10  open  infected device: c2_beacon" in shown
    assert "responsible: isp: 192.0.2.10 lies in 192.0.2.0/24" in shown


def test_no_cases_yet(made: Tocsin) -> None:
    assert "'tocsin detect' opens them" in made("cases").out
