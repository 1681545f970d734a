"""One case: shown, acknowledged, claimed, closed."""

import json

import pytest

from tests.cli.conftest import Tocsin


@pytest.fixture
def case(looked: Tocsin) -> str:
    """Id of the case."""
    return str(json.loads(looked("cases", "--json").out)["id"])


def test_the_life_of_a_case(looked: Tocsin, case: str) -> None:
    short = case[:8]
    assert looked("case", "ack", short, "--note", "on it").out == f"case {case}: acknowledged\n"
    assert looked("case", "claim", short).out == f"case {case}: claimed\n"
    assert looked("case", "close", short, "--false-positive").out == f"case {case}: false positive\n"
    shown = looked("case", "show", short).out
    assert "acknowledge  by local: on it" in shown
    assert shown.splitlines()[0] == f"case {case}: host 192.0.2.10, infected device, false positive"


def test_what_cannot_happen_is_refused(looked: Tocsin, case: str) -> None:
    looked("case", "claim", case)
    ran = looked("case", "ack", case)
    assert (ran.code, ran.out) == (2, "")
    assert "a case that is claimed cannot acknowledge" in ran.err


def test_how_it_ends_must_be_said(looked: Tocsin, case: str) -> None:
    assert looked("case", "close", case).code == 2
    assert looked("case", "close", case, "--false-positive", "--referred").code == 2


def test_an_unknown_case(looked: Tocsin) -> None:
    ran = looked("case", "show", "ffff")
    assert (ran.code, ran.out) == (2, "")
    assert "no case named ffff: 'tocsin cases' lists them" in ran.err


def test_as_json(looked: Tocsin, case: str) -> None:
    assert json.loads(looked("case", "show", case, "--json").out)["id"] == case
