"""The benchmark of reading measures what it says, on few rows."""

import json
from pathlib import Path

import pytest

from bench.telemetry import main, rows, write_json, write_tsv
from tests.telemetry.reading import read_conn


def test_both_kinds_of_log_say_the_same(tmp_path: Path) -> None:
    write_tsv(tmp_path / "conn.log", rows(50))
    write_json(tmp_path / "conn.json", rows(50))
    tabs, objects = (read_conn((tmp_path / name).read_bytes()) for name in ("conn.log", "conn.json"))
    assert tabs.rows == objects.rows
    assert len(tabs.rows) == 50
    assert not tabs.rejects


def test_figures_are_printed_with_their_goals(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--only", "small", "--small-files", "2", "--json"])
    figures = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [figure["goal"] for figure in figures] == ["", "at least 0.5"]
    assert all(figure["value"] > 0 for figure in figures)


def test_an_unknown_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--only", "nothing"])
    assert "nothing is called nothing" in capsys.readouterr().err
