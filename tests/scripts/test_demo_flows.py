"""The script that makes the demo's data."""

import gzip
from pathlib import Path

from scripts.demo_flows import OUTPUT, main
from tests.telemetry.reading import read_conn


def test_it_makes_the_shipped_file_byte_for_byte(test_data: Path, tmp_path: Path) -> None:
    labelled = test_data / "captures/iot23-34-1-mirai/conn.log.labeled.gz"
    main(labelled, tmp_path / "made.xz")
    assert (tmp_path / "made.xz").read_bytes() == OUTPUT.read_bytes()


def test_it_changes_no_flow(test_data: Path) -> None:
    labelled = gzip.decompress((test_data / "captures/iot23-34-1-mirai/conn.log.labeled.gz").read_bytes())
    assert read_conn(OUTPUT.read_bytes()).table.equals(read_conn(labelled).table)
