"""Detection by the command line."""

import json
from pathlib import Path

from tests.cli.conftest import Tocsin


def test_without_networks_detection_says_which_it_takes_and_why(tocsin: Tocsin, log: Path) -> None:
    tocsin("init", "--party", "isp")
    tocsin("ingest", str(log))
    out = tocsin("detect").out
    assert "your networks are not told, so" in out
    assert "it has an end of 100 % of the rows" in out
    assert "tocsin party add" in out


def test_without_networks_and_telemetry_it_says_what_to_do(tocsin: Tocsin) -> None:
    tocsin("init", "--party", "isp")
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


def test_a_second_look_says_that_nothing_has_changed(looked: Tocsin) -> None:
    assert "1 day not looked at again: nothing there has changed" in looked("detect").out.replace("\u202f", " ")


def test_what_cannot_be_judged_is_one_line_for_each_reason(made: Tocsin, log: Path) -> None:
    text = log.read_text()
    later = log.with_name("later.log")
    later.write_text(text.replace("\n17723", "\n17725"))
    made("ingest", str(log), str(later), "--sampling", "100", "--sensor", "core")
    lines = [line for line in made("detect").out.splitlines() if line.startswith("cannot judge")]
    sampled = [line for line in lines if "1 packet in 100" in line]
    assert len(sampled) == 1
    assert "c2_beacon, c2_channel" in sampled[0]
    assert "at sensor core, 2026-03-01 to 2026-03-03 (2 days): it looks at 1 packet in 100" in sampled[0]


def test_what_came_of_it_as_json(made: Tocsin, log: Path) -> None:
    made("ingest", str(log), "--sampling", "100")
    (told,) = map(json.loads, made("detect", "--json").out.splitlines())
    assert (told["days"], told["days_skipped"], told["findings"]) == (1, 0, [])
    (reason,) = (group for group in told["cannot_judge"] if "c2_beacon" in group["detectors"])
    assert (reason["first_day"], reason["days"]) == ("2026-03-01", 1)
