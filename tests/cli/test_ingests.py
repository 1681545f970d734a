"""What was read is listed with the ids that undo takes."""

import json
from pathlib import Path

from tests.cli.conftest import Tocsin


def test_every_ingest_is_listed(looked: Tocsin, log: Path) -> None:
    (row,) = [json.loads(line) for line in looked("ingests", "--json").out.splitlines()]
    assert (row["path"], row["format"], row["sensor"], row["rows"], row["quarantined"], row["days"]) == (
        str(log),
        "zeek_conn",
        "isp",
        600,
        0,
        ["2026-03-01"],
    )
    assert {"id", "time"} <= row.keys()
    assert looked("ingests").out.splitlines()[0] == f"{row['id']}  {log}"


def test_nothing_read_yet(made: Tocsin) -> None:
    assert "nothing was read yet" in made("ingests").out
    assert made("ingests", "--json").out == ""
