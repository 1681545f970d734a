"""The measures, for people and machines."""

import json

from tests.cli.conftest import Tocsin


def test_a_figure_has_a_value_or_a_reason(looked: Tocsin) -> None:
    figures = [json.loads(line) for line in looked("measures", "--json").out.splitlines()]
    assert {figure["name"] for figure in figures} == {"infection_rate", "time_to_notice", "programme_progress"}
    for figure in figures:
        assert (figure["value"] is None) == (figure["missing"] is not None)


def test_for_people(looked: Tocsin) -> None:
    assert "Infection rate of isp is not known: no subscriber count for isp" in looked("measures").out
