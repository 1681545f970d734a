"""The benchmark of captures runs, and counts all packets."""

import json
import subprocess
import sys

from bench.telemetry_pcap import MEASURED, RUNS, measure
from tests.telemetry import office


def test_each_program_is_measured_beside_tocsin() -> None:
    first, *libraries = measure([office.FOLDER / "office.pcap"])
    assert (first.name, first.wall_ratio, first.cpu_ratio) == ("office: tocsin", 1.0, 1.0)
    assert first.seconds > 0
    assert first.megabytes > 10
    assert {row.name for row in libraries} <= {"office: nfstream", "office: dpkt"}


def test_every_packet_that_can_be_read_is_counted() -> None:
    command = [sys.executable, "-c", MEASURED.format(prepare=RUNS["tocsin"]), str(office.FOLDER / "office.pcap")]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert json.loads(shown)[0] == len(office.packets()) - 1
