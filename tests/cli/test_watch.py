"""One look at the folders, told line by line; bots are looked for in what is new."""

import json
from pathlib import Path

from tests.cli.conftest import Tocsin


def test_one_look_reads_finds_and_tells(made: Tocsin, log: Path, tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    log.rename(tmp_path / "logs/conn.log")
    ran = made("watch", "logs", "--once", "--sensor", "edge")
    assert ran.code == 0
    assert ran.out == ""
    assert "read: " in ran.err
    assert "192.0.2.10  c2_" in ran.err
    assert "no rows from sensor edge since 1 March 2026, 09:59 UTC" in ran.err
    again = made("watch", "logs", "--once", "--sensor", "edge", "--json")
    assert [json.loads(line)["event"] for line in again.out.splitlines()] == ["silence"]
    assert again.err == ""


def test_what_cannot_be_read_is_told_and_fails_one_look(made: Tocsin) -> None:
    ran = made("watch", "gone", "--once", "--no-detect")
    assert ran.code == 3
    assert "no such file or directory" in ran.err


def test_wrong_options_are_refused(made: Tocsin) -> None:
    assert made("watch", ".", "--once", "--format", "zeek_con").code == 2
