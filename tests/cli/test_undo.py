"""An ingest is taken back from the command line."""

import json
from pathlib import Path

from tests.cli.conftest import Tocsin


def test_what_was_read_is_taken_back(looked: Tocsin, log: Path) -> None:
    name = json.loads(looked("ingests", "--json").out)["id"]
    ran = looked("undo", name[:8])
    assert ran.code == 0
    assert ran.out.splitlines()[:2] == [
        f"taken back: {log}: 600 rows, 1 day",
        "there is no telemetry: read some with 'tocsin ingest PATH'",
    ]
    assert "1 case rested on nothing else, and went" in ran.out
    for listing in ("ingests", "findings", "cases"):
        assert looked(listing, "--json").out == ""
    assert looked("doctor").code == 0
    assert looked("undo", name).out.startswith("taken back before")


def test_what_was_never_read_is_told(looked: Tocsin) -> None:
    ran = looked("undo", "no-such-file.log")
    assert (ran.code, ran.out) == (2, "")
    assert "no such ingest: no-such-file.log: 'tocsin ingests' lists them with their ids" in ran.err
