"""The doctor finds what is wrong, and says what to do."""

from pathlib import Path

from tests.cli.conftest import Tocsin


def test_all_is_well(looked: Tocsin) -> None:
    ran = looked("doctor")
    assert ran.code == 0
    assert all(line.startswith("ok  ") for line in ran.out.splitlines())


def test_what_is_wrong_is_told(looked: Tocsin, tmp_path: Path) -> None:
    folder = tmp_path / "tocsin"
    (lake_file,) = (folder / "lake" / "flow").rglob("*.parquet")
    lake_file.rename(lake_file.with_name("other.parquet"))
    block = next((folder / "outbox" / "mitigations").iterdir())
    block.write_text("changed")
    ran = looked("doctor")
    assert ran.code == 1
    wrong = [line for line in ran.out.splitlines() if line.startswith("CHECK  ")]
    assert any("1 files of the lake are missing" in line for line in wrong)
    assert any("belong to no ingest" in line for line in wrong)
    assert any("not as it was written" in line for line in wrong)
