"""What is read is told; what cannot be read is told in one line, and nothing of it is kept."""

import gzip
from pathlib import Path

import pytest

from tests.cli.conftest import HEADER, Tocsin


@pytest.mark.parametrize(
    ("name", "content", "code", "says"),
    [
        ("empty.log", b"", 3, "empty"),
        ("junk.log", bytes(range(256)) * 40, 3, "junk.log"),
        ("header.log", b"#fields\tts\tuid\n1.0\tC1\n", 3, "header.log"),
        ("gone.log", None, 3, "gone.log"),
    ],
)
def test_what_cannot_be_read_is_told_and_nothing_is_kept(
    made: Tocsin, tmp_path: Path, name: str, content: bytes | None, code: int, says: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    ran = made("ingest", name)
    assert ran.code == code
    assert len([line for line in ran.err.splitlines() if says in line]) == 1
    assert not list((tmp_path / "tocsin" / "lake").rglob("*.parquet"))
    assert made("doctor").code == 0


def test_a_log_that_is_cut_off_keeps_what_is_there(made: Tocsin, log: Path, tmp_path: Path) -> None:
    packed = gzip.compress(log.read_bytes())
    (tmp_path / "cut.log.gz").write_bytes(packed[: len(packed) // 2])
    ran = made("ingest", "cut.log.gz")
    assert ran.code == 1
    assert "cut.log.gz" in ran.err
    assert not ran.out.startswith("0 rows")
    assert made("doctor").code == 1


def test_wrong_rows_are_counted_and_told(made: Tocsin, log: Path, tmp_path: Path) -> None:
    good = log.read_text().splitlines()[4]
    (tmp_path / "mixed.log").write_text("\n".join([HEADER, good, "nonsense", good.replace("192.0.2.10", "x")]) + "\n")
    ran = made("ingest", "mixed.log")
    assert ran.code == 1
    assert ran.out.startswith("1 rows read, 2 quarantined")
    assert "line 6" in ran.err
    assert "line 7" in ran.err


def test_several_files_do_not_spoil_each_other(made: Tocsin, log: Path) -> None:
    ran = made("ingest", "gone.log", str(log))
    assert ran.code == 3
    assert ran.out.startswith("600 rows read")


def test_reading_again_reads_nothing(made: Tocsin, log: Path) -> None:
    assert made("ingest", str(log)).out == "600 rows read, 0 quarantined, 1 March 2026, 00:00 to 09:59 UTC\n"
    again = made("ingest", str(log))
    assert again.code == 0
    assert "already read" in again.err
