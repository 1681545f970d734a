"""The command line as a whole: quick, quiet, and one clear line for what is wrong."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Tocsin
from tocsin.cli import application
from tocsin.cli._output import fact
from tocsin.units import units

HELP = """
import sys
from tocsin.cli import main
sys.argv = ["tocsin", "--help"]
try:
    main()
except SystemExit:
    print(sorted(set(sys.modules) & {"ibis", "pyarrow", "sqlalchemy", "altair", "fastapi"}))
"""


def test_alone_it_shows_the_five_things_one_does_most(tocsin: Tocsin) -> None:
    ran = tocsin()
    assert ran.code == 0
    assert len([line for line in ran.out.splitlines() if line.startswith("  ")]) == 5
    for words in ("tocsin demo", "tocsin init", "tocsin ingest", "tocsin detect", "tocsin report"):
        assert words in ran.out


def test_help_names_every_verb(tocsin: Tocsin) -> None:
    ran = tocsin("--help")
    for name in units("tocsin.cli"):
        assert f"\n  {name} " in ran.out


def test_help_loads_no_verb_and_nothing_heavy() -> None:
    """What makes it quick: 0.1 s on a quiet machine, where the bound is 0.5."""
    words = (
        "import sys; sys.argv = ['tocsin', '--help']\nfrom tocsin.cli import main\ntry: main()\nexcept SystemExit: pass"
    )
    code = f"{words}\nprint(sorted(set(sys.modules) & {{'ibis', 'pyarrow', 'sqlalchemy', 'altair', 'fastapi'}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]"


def test_an_internal_error_is_told_without_a_traceback(made: Tocsin, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("it broke\nbadly")

    monkeypatch.setattr("tocsin.cli.cases.cases", broken)
    ran = made("cases")
    assert ran.code == 70
    assert ran.err == (
        "tocsin: internal error: RuntimeError: it broke badly: TOCSIN_DEBUG=1 shows where; please report it\n"
    )


@pytest.mark.parametrize("verb", sorted(units("tocsin.cli")))
def test_each_verb_explains_itself(tocsin: Tocsin, verb: str) -> None:
    ran = tocsin(verb, "--help")
    assert ran.code == 0
    assert units("tocsin.cli")[verb].summary.split()[0] in ran.out


def test_all_verbs_load_together() -> None:
    assert application(list(units("tocsin.cli"))).registered_commands


def test_the_version(tocsin: Tocsin) -> None:
    assert tocsin("--version").out.startswith("tocsin 0.")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("findings",), "no workspace: tocsin: make one with 'tocsin init tocsin'"),
        (("--workspace", "gone", "cases"), "no workspace: gone"),
    ],
)
def test_wrong_use_is_told_in_one_line(tocsin: Tocsin, words: tuple[str, ...], says: str) -> None:
    ran = tocsin(*words)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    assert len(ran.err.splitlines()) == 1


def test_an_unknown_verb(tocsin: Tocsin) -> None:
    ran = tocsin("fly")
    assert (ran.code, ran.out) == (2, "")
    assert "No such command 'fly'" in ran.err


def test_settings_that_are_wrong_are_told_with_their_place(tocsin: Tocsin, tmp_path: Path) -> None:
    folder = tmp_path / "tocsin"
    folder.mkdir()
    for text, says in (
        ("party = ", "settings are not TOML"),
        ("", "party: Field required"),
        ('party = "isp"\ncolour = "red"', "colour: Extra inputs are not permitted"),
        ('party = "isp"\nmarking = "RED"', "marking: Value error, must be one of TLP:CLEAR"),
    ):
        (folder / "tocsin.toml").write_text(text)
        ran = tocsin("cases")
        assert (ran.code, ran.out) == (2, "")
        assert says in ran.err
        assert "tocsin.toml" in ran.err


def test_a_broken_ledger_is_told(tocsin: Tocsin, tmp_path: Path) -> None:
    tocsin("init", "--party", "isp", "--networks", "192.0.2.0/24")
    (tmp_path / "tocsin" / "ledger.db").write_bytes(b"no database at all" * 100)
    ran = tocsin("cases")
    assert ran.code == 4
    assert len(ran.err.splitlines()) == 1


def test_on_a_terminal_lines_break_between_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = "  192.0.2.10 has contacted 198.51.100.7 on port 4444/tcp 600 times"
    fact(line)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    fact(line)
    assert capsys.readouterr().out.splitlines() == [
        line,
        "  192.0.2.10 has contacted 198.51.100.7",
        "    on port 4444/tcp 600 times",
    ]
