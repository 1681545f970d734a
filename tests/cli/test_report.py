"""The report by the command line."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Tocsin


def test_three_forms(looked: Tocsin, tmp_path: Path) -> None:
    looked("measures")
    for name, beginning in (("r.html", b"<!doctype html>"), ("r.pdf", b"%pdf-"), ("r.json", b"{")):
        assert looked("report", "-o", name).out == f"report written: {name}\n"
        assert (tmp_path / name).read_bytes().lower().startswith(beginning)
    assert json.loads((tmp_path / "r.json").read_text())["party"] == "isp"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("-o", "r.odt"), "no such form of report: r.odt: end the name in .html, .pdf, .json"),
        (("-o", "r.html", "--audience", "martians"), "no such audience: martians"),
        (("-o", "r.html", "--as-of", "soon"), "not a day: soon: write it as 2018-12-22"),
        (("-o", "gone/r.html"), "cannot be written: gone/r.html"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(looked: Tocsin, words: tuple[str, ...], says: str) -> None:
    ran = looked("report", *words)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_moment_before_all_time_is_told(looked: Tocsin) -> None:
    ran = looked("report", "-o", "r.html", "--as-of", "0001-01-01T00:00:00+14:00")
    assert (ran.code, ran.out) == (2, "")
    assert "not a day or moment" in ran.err
