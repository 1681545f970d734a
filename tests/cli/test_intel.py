"""Intelligence by the command line."""

import json
from pathlib import Path

from tests.cli.conftest import Tocsin


def test_a_list_is_imported_matched_and_shown(looked: Tocsin, tmp_path: Path) -> None:
    (path := tmp_path / "bad.txt").write_text("203.0.113.9\n93.184.215.14:4444\nc2.example.net\n")
    ran = looked("intel", "import", str(path), "--confidence", "90", "--valid-until", "2027-01-01")
    assert ran.code == 0
    assert "bad: 2 indicators: 2 new, 0 gone: 1 address, 1 name" in ran.out.replace("\u202f", " ")
    assert "not taken: 1 an address that is not on the Internet" in ran.err
    shown = looked("intel", "status").out
    assert "until 2027-01-01; confidence 90" in shown
    (row,) = map(json.loads, looked("intel", "status", "--json").out.splitlines())
    assert (row["list"], row["indicators"], row["kinds"], row["age_days"]) == ("bad", 2, {"address": 1, "name": 1}, 0)


def test_new_intelligence_is_laid_beside_old_telemetry(made: Tocsin, log: Path, tmp_path: Path) -> None:
    text = log.read_text().replace("198.51.100.7", "93.184.215.14")
    log.write_text(text)
    made("ingest", str(log))
    made("detect")
    (path := tmp_path / "bad.txt").write_text("93.184.215.14:4444\n")
    made("intel", "import", str(path), "--confidence", "95")
    assert "which the list bad names as harmful" in made("detect").out
    behaviours = {json.loads(line)["behaviour"] for line in made("findings", "--json").out.splitlines()}
    assert behaviours == {"c2_beacon", "indicator_match"}


def test_without_lists_it_says_what_to_do(made: Tocsin) -> None:
    assert "tocsin intel import FILE" in made("intel", "status").out


def test_a_file_that_cannot_be_read(made: Tocsin, tmp_path: Path) -> None:
    (path := tmp_path / "bad.xz").write_bytes(b"\xfd7zXZ\x00broken")
    ran = made("intel", "import", str(path))
    assert (ran.code, ran.err.count("\n")) == (3, 1)
    assert made("intel", "import", str(tmp_path / "absent")).code == 2
