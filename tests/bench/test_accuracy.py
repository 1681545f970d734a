"""The benchmark counts as the reference says."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bench.accuracy import UNREAD, main, text
from bench.verdicts import judge
from tocsin.records import Finding

MOMENT = datetime(2026, 3, 1, tzinfo=UTC)
CAPTURE: dict[str, Any] = {"id": "made", "verdict": "local_bot", "monitored": ["192.0.2.0/24"]}
BEACON = {"behaviour": "c2_beacon", "targets": ["198.51.100.7:4444/tcp"]}
INFECTED = [{"host": "192.0.2.1", "aliases": ["2001:db8::1"], "behaviours": [BEACON]}]


def finding(host: str, behaviour: str = "c2_beacon", suppressed_by: str | None = None) -> Finding:
    return Finding(
        party="bench",
        marking="TLP:AMBER",
        source="test",
        id=f"{host} {behaviour}",
        subject={"kind": "host", "value": host},
        host=host,
        behaviour=behaviour,
        technique=None,
        day=date(2026, 3, 1),
        score=0.9,
        confidence=90,
        first_seen=MOMENT,
        last_seen=MOMENT,
        peers=[{"address": "198.51.100.7", "port": 4444, "proto": "tcp", "name": None}],
        evidence=[{}],
        explanation="",
        detector=behaviour,
        suppressed_by=suppressed_by,
    )


def test_an_infected_host_is_found_under_any_of_its_names() -> None:
    count = judge(CAPTURE | {"infected": INFECTED}, [finding("2001:db8::1")])
    assert (count.found, count.missed, count.accused) == (["192.0.2.1"], [], [])
    assert (len(count.seen), len(count.named)) == (1, 1)


def test_what_a_rule_hides_or_does_not_attack_is_not_found() -> None:
    hidden = [finding("192.0.2.1", suppressed_by="rule"), finding("192.0.2.1", "ddos_victim")]
    count = judge(CAPTURE | {"infected": INFECTED}, hidden)
    assert (count.found, count.missed, count.unseen) == ([], ["192.0.2.1"], ["192.0.2.1 c2_beacon"])


def test_what_is_optional_is_no_miss() -> None:
    optional = [{"host": "192.0.2.1", "behaviours": [BEACON | {"optional": True}]}]
    assert judge(CAPTURE | {"infected": optional}, []).missed == []


def test_all_others_are_wrongly_accused_but_the_ignored() -> None:
    ignore = [{"address": "192.0.2.3"}, {"address": None}, {"address": "192.0.2.4", "port": 80}]
    count = judge(CAPTURE | {"ignore": ignore}, [finding(f"192.0.2.{last}") for last in (2, 3, 4)])
    assert count.accused == ["192.0.2.2 c2_beacon", "192.0.2.4 c2_beacon"]


def test_a_scanner_may_be_called_one_and_nothing_else() -> None:
    scanners = [{"host": "192.0.2.1", "behaviours": [{"behaviour": "scan_vertical", "targets": ["23/tcp"]}]}]
    both = [finding("192.0.2.1"), finding("192.0.2.1", "scan_vertical")]
    count = judge(CAPTURE | {"local_scanners": scanners}, both)
    assert (count.found, count.accused) == (["192.0.2.1"], ["192.0.2.1 c2_beacon"])
    assert count.unnamed == ["192.0.2.1 scan_vertical 23/tcp"]
    assert judge(CAPTURE | {"local_scanners": scanners}, both[:1]).missed == ["192.0.2.1"]


def test_nobody_says_what_is_right_of_the_unlabelled() -> None:
    count = judge(CAPTURE | {"verdict": "unlabelled"}, [finding("192.0.2.1")])
    assert (count.found, count.accused) == ([], [])


def test_the_table_names_what_is_wrong() -> None:
    told = text([judge(CAPTURE | {"infected": INFECTED}, [finding("192.0.2.2")])], ["other"])
    assert "missed: made: 192.0.2.1\n" in told
    assert "wrongly accused: made: 192.0.2.2 c2_beacon\n" in told
    assert f"{UNREAD}: other" in told


def test_a_capture_goes_from_file_to_count(test_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(test_data), "--only", "slips-portscan-vertical", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (told["found"], told["missed"], told["accused"]) == (["192.168.1.9"], [], [])
    assert told["named"] == ["192.168.1.9 scan_vertical 45.33.32.156"]


def test_a_sensor_that_looks_at_few_packets_says_what_it_cannot_judge(
    test_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([str(test_data), "--only", "iot23-34-1-mirai", "--json", "--thin", "1000"])
    whole, sparse = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert whole["found"] == ["192.168.1.195"]
    assert "c2_beacon" not in whole["unable"]
    assert (sparse["sampling"], sparse["accused"]) == (1000, [])
    assert {"c2_beacon", "c2_channel", "scan_horizontal"} <= set(sparse["unable"])
    assert 0 < sparse["rows"] < whole["rows"] / 10
