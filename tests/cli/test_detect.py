"""Detection by the command line."""

from pathlib import Path

from tests.cli.conftest import Tocsin


def test_without_networks_detection_says_what_to_do(tocsin: Tocsin, log: Path) -> None:
    tocsin("init", "--party", "isp")
    tocsin("ingest", str(log))
    ran = tocsin("detect")
    assert ran.code == 2
    assert "tocsin party add" in ran.err


def test_what_is_found_is_told(made: Tocsin, log: Path) -> None:
    made("ingest", str(log))
    ran = made("detect")
    assert (ran.code, ran.err) == (0, "")
    assert "192.0.2.10 has contacted 198.51.100.7 on port 4444/tcp 600 times" in ran.out
    assert "1 case opened" in ran.out


def test_looking_again_changes_nothing(looked: Tocsin) -> None:
    before = looked("findings", "--json").out, looked("cases", "--json").out
    looked("detect")
    assert (looked("findings", "--json").out, looked("cases", "--json").out) == before


def test_without_telemetry_it_says_what_to_do(made: Tocsin) -> None:
    assert "read some with 'tocsin ingest PATH'" in made("detect").out


def test_an_unknown_engine(looked: Tocsin) -> None:
    ran = looked("detect", "--engine", "steam")
    assert ran.code == 2
    assert "no such engine: steam" in ran.err
