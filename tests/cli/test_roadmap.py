"""The road map, for people and machines."""

import json

from tests.cli.conftest import Tocsin


def test_the_roadmap_shows_marks_and_gaps(made: Tocsin) -> None:
    shown = made("roadmap").out
    assert "(read)" in shown
    assert "(recalled)" in shown
    assert "not known:" in shown
    assert all("mark" in json.loads(line) for line in made("roadmap", "--json").out.splitlines())
