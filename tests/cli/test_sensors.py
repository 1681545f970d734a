"""Sensors are listed with what they watched."""

import json
from pathlib import Path

from tests.cli.conftest import Tocsin


def test_a_sensor_is_listed_with_networks_and_rows(made: Tocsin, log: Path) -> None:
    assert made("sensors").out.startswith("no sensor yet")
    lines = log.read_text().splitlines(keepends=True)
    log.write_text("".join(lines[:100] + lines[300:]))
    assert made("ingest", str(log), "--sensor", "edge", "--sampling", "10").code == 0
    told = made("sensors").out.splitlines()
    assert told[0].startswith("edge: 400 rows of 1 file, 1 March 2026, 00:00 to 09:59 UTC, 1 in 10 packets")
    assert told[1] == "    networks: 192.0.2.0/24"
    assert told[3].startswith("    no rows between 1 March 2026, 02:00 UTC and 1 March 2026, 04:00 UTC")
    (sensor,) = [json.loads(line) for line in made("sensors", "--json").out.splitlines()]
    assert (sensor["sensor"], sensor["days"][0]["sampling"]) == ("edge", 10)


def test_a_sensor_without_networks_says_what_to_do(made: Tocsin, log: Path) -> None:
    log.write_text(log.read_text().replace("192.0.2.10", "203.0.113.10"))
    assert made("ingest", str(log)).code == 0
    assert "no network is known to be watched" in made("sensors").out
