"""The lake is looked after from the command line."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import HEADER, Tocsin


@pytest.fixture
def three(made: Tocsin, log: Path, tmp_path: Path) -> Tocsin:
    """``tocsin`` with three logs read, and a clock two days later."""
    lines = log.read_text().splitlines()[len(HEADER.splitlines()) :]
    for number in range(3):
        part = tmp_path / f"{number}.log"
        part.write_text("\n".join([HEADER, *lines[number::3]]) + "\n")
        assert made("ingest", str(part)).code == 0
    settings = tmp_path / "tocsin" / "tocsin.toml"
    settings.write_text(settings.read_text() + "now = 2026-03-03T00:00:00Z\n")
    return made


def rows(tocsin: Tocsin, *words: str) -> list[dict[str, object]]:
    ran = tocsin(*words, "--json")
    assert ran.code == 0
    return [json.loads(line) for line in ran.out.splitlines()]


def test_an_empty_lake_says_what_to_do(made: Tocsin) -> None:
    assert "the lake is empty" in made("lake", "status").out
    assert rows(made, "lake", "status") == []


def test_compact_puts_files_together(three: Tocsin) -> None:
    assert [(row["files"], row["small_share"]) for row in rows(three, "lake", "status")] == [(3, 1.0)]
    assert three("lake", "compact").out.splitlines() == ["3 files became 1, with 600 rows"]
    ran = three("lake", "status")
    assert ran.out.startswith("flow  600 rows in 1 file, ")
    assert "3 files wait to be removed" in ran.err
    again = three("lake", "compact", "--grace", "0")
    assert again.out.splitlines() == ["no file is to be put together", "3 replaced files removed"]


def test_expire_removes_what_is_past_its_time_and_keeps_what_a_case_needs(three: Tocsin, tmp_path: Path) -> None:
    assert three("detect").code == 0
    settings = tmp_path / "tocsin" / "tocsin.toml"
    text = settings.read_text().replace("2026-03-03", "2026-03-20")
    settings.write_text(text + '[retention.telemetry]\ndays = 10\nbasis = "an example"\n')
    would = three("lake", "expire", "--dry-run")
    assert would.out.splitlines() == ["no rows would go, 600 kept for cases"]
    done = three("lake", "expire")
    assert done.out.splitlines() == ["no rows removed, 600 kept for cases"]
    assert [row["telemetry"] for row in rows(three, "lake", "status")] == ["evidence_flow", "pair_day"]


def test_findings_outlive_their_telemetry(three: Tocsin, tmp_path: Path) -> None:
    assert three("detect").code == 0
    found = rows(three, "findings")
    settings = tmp_path / "tocsin" / "tocsin.toml"
    settings.write_text(settings.read_text().replace("2026-03-03", "2026-04-20"))
    assert three("lake", "expire").code == 0
    assert three("detect").code == 0
    assert rows(three, "findings") == found


def test_erase_removes_one_address(three: Tocsin) -> None:
    ran = three("lake", "erase", "192.0.2.10", "--from", "2026-03-01", "--until", "2026-03-01T01:00:00Z")
    assert ran.out.splitlines()[-1] == "61 rows erased"
    assert "cases and what was exported stay" in ran.err
    assert "192.0.2.10" not in ran.out
    assert three("lake", "erase", "--subscriber", "x", "--from", "2026-03-01", "--until", "2026-03-02").code == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "name an address, or a subscriber"),
        (("192.0.2.1", "--subscriber", "x"), "and not both"),
        (("192.0.2.1",), "an erasure needs its time"),
        (("192.0.2.1", "--from", "yesterday", "--until", "2026-03-01"), "not a day: yesterday"),
        (("192.0.2.300", "--from", "2026-03-01", "--until", "2026-03-01"), "not an address: 192.0.2.300"),
    ],
)
def test_what_cannot_be_erased_is_told(made: Tocsin, words: tuple[str, ...], told: str) -> None:
    ran = made("lake", "erase", *words)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err
