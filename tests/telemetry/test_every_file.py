"""Every log of the test data is read without a crash or a hang, and every line of it comes out again."""

import time
from pathlib import Path

import pytest

from tests.telemetry.reading import read_pieces
from tocsin.errors import Unreadable
from tocsin.records import Label
from tocsin.telemetry import CutOff
from tocsin.telemetry._content import content
from tocsin.units import units

HEAD = 1 << 16
# Even the largest takes a fraction of a second; a hang would take for ever.
LONGEST_SECONDS = 60

# Of a lease several lines speak, which become one row; so its reader counts otherwise.
READERS = [name for name in units("tocsin.telemetry") if name.startswith(("zeek_", "suricata")) and name != "zeek_dhcp"]


def test_every_log_of_the_test_data_is_read(test_data: Path) -> None:
    readers = {name: units("tocsin.telemetry")[name] for name in READERS}
    read = 0
    for file in (path for folder in ("captures", "decoders") for path in sorted((test_data / folder).rglob("*"))):
        if not file.is_file():
            continue
        with file.open("rb") as raw:
            try:
                pieces = list(content(raw))
            except (CutOff, Unreadable):
                continue
        for name, unit in readers.items():
            if unit.load().recognise(pieces[0][:HEAD] if pieces else b""):
                began = time.monotonic()
                _lines_come_out_again(name, pieces, file)
                assert time.monotonic() - began < LONGEST_SECONDS, file
                read += 1
    assert read > 70


def _lines_come_out_again(name: str, pieces: list[bytes], file: Path) -> None:
    outcome = read_pieces(units("tocsin.telemetry")[name].load(), pieces)
    rows = sum(table.num_rows for record, table in outcome.tables.items() if record is not Label)
    for record, table in outcome.tables.items():
        table.validate(full=True)
        assert table.num_rows, (file, record)
    lines = sum(bool(line) and not line.startswith(b"#") for line in b"".join(pieces).splitlines())
    if name in ("zeek_dns", "suricata"):
        # Messages without a question, and events of other types, are left out; a question goes with its answer.
        assert 0 < rows + len(outcome.rejects) <= lines, file
    else:
        assert rows + len(outcome.rejects) == lines, file


@pytest.mark.parametrize("name", READERS)
def test_what_no_reader_knows_is_refused_line_by_line(test_data: Path, name: str) -> None:
    """Even by a reader that a user insists on."""
    reader = units("tocsin.telemetry")[name].load()
    for file in [*sorted((test_data / "decoders/packets").glob("*.pcap"))[:20], test_data / "captures/README.md"]:
        outcome = read_pieces(reader, [file.read_bytes()])
        assert not any(table.num_rows for table in outcome.tables.values()), file
        assert all(reject.text.isprintable() for reject in outcome.rejects)
