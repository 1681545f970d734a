"""The shipped road map of 2018: nothing is lost, nothing is invented, nothing is told before its time."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import tocsin
from tocsin.content import packaged
from tocsin.programme import clock, shipped_roadmap, slip_days, state_at
from tocsin.records import Roadmap, RoadmapItem

NOW = datetime(2018, 12, 22, 14, 50, 14, tzinfo=UTC)
GOALS = {"G1", "G2", "G3", "G4", "G5"}
ACTIONS = {
    *("1.1", "1.2", "1.3", "1.4", "1.5"),
    *("2.1", "2.2", "2.3", "2.4", "2.5"),
    *("3.1", "3.2", "3.3", "3.4"),
    *("4.1", "4.2", "4.3", "4.4", "4.5"),
    *("5.1", "5.2", "5.3", "5.4", "5.5"),
}
LINES = {"IOT", "ENT", "INF", "TDT", "AWE"}
WORKSTREAMS = {
    *("IOT-1", "IOT-2", "ENT-1", "ENT-2", "ENT-3", "ENT-4"),
    *("INF-1", "INF-2", "INF-3", "TDT-1", "TDT-2", "AWE-1", "AWE-2"),
}
READ = GOALS | LINES | {w for w in WORKSTREAMS if w[:3] in ("IOT", "ENT", "INF")} | {"ENT-1.1", "ENT-1.2"}


@pytest.fixture(scope="module")
def header() -> Roadmap:
    return shipped_roadmap("example-provider")[0]


@pytest.fixture(scope="module")
def items() -> dict[str, RoadmapItem]:
    return {item.id: item for item in shipped_roadmap("example-provider")[1]}


def test_no_node_of_the_sources_is_lost(items: dict[str, RoadmapItem]) -> None:
    for kind, ids in (("goal", GOALS), ("action", ACTIONS), ("line_of_effort", LINES), ("workstream", WORKSTREAMS)):
        assert {item.id for item in items.values() if item.kind == kind} == ids
    tasks = {id_: sum(item.parent == id_ for item in items.values()) for id_ in WORKSTREAMS}
    one, two = dict.fromkeys(("ENT-3", "ENT-4", "INF-2", "INF-3"), 1), dict.fromkeys(("ENT-1", "ENT-2", "INF-1"), 2)
    assert {id_: count for id_, count in tasks.items() if count} == {"IOT-1": 5, "IOT-2": 3, **one, **two}


def test_every_action_stands_under_its_goal(items: dict[str, RoadmapItem]) -> None:
    assert all(items[action].parent == f"G{action[0]}" for action in ACTIONS)


def test_marked_read_is_what_was_read_and_says_where(items: dict[str, RoadmapItem]) -> None:
    assert {id_ for id_, item in items.items() if item.mark == "read"} == READ
    assert all(item.reference for item in items.values() if item.mark == "read")
    assert all(item.mark in ("read", "recalled") for item in items.values())


def test_dates_are_those_that_are_known_and_no_others(items: dict[str, RoadmapItem]) -> None:
    dated = {item.id for item in items.values() if item.start or item.due or item.forecast or item.finished}
    assert dated == {"ENT-1.1", "ENT-1.2"}
    assert items["ENT-1.1"].finished == date(2017, 7, 28)
    assert items["ENT-1.2"].due == date(2019, 6, 30)


def test_states_that_are_not_known_are_unknown(items: dict[str, RoadmapItem]) -> None:
    assert {item.id for item in items.values() if item.state != "unknown"} == {"ENT-1.1"}
    assert state_at(items["ENT-1.1"], NOW) == "done"
    assert slip_days(items["ENT-1.2"], datetime(2025, 1, 1, tzinfo=UTC)) is None


def test_the_clock_runs_365_days_from_the_road_map(header: Roadmap) -> None:
    now = clock(header, NOW)
    assert now is not None
    assert (now.baseline, now.due, now.days_left) == (date(2018, 11, 29), date(2019, 11, 29), 342)
    assert (now.due - now.baseline).days == 365
    assert (now.mark, now.given) == ("read", None)


def test_what_came_later_is_not_told_before(header: Roadmap, items: dict[str, RoadmapItem]) -> None:
    before = clock(header, datetime(2020, 7, 29, tzinfo=UTC))
    after = clock(header, datetime(2020, 7, 30, tzinfo=UTC))
    assert before is not None and after is not None
    assert (before.given, before.days_left) == (None, -243)
    assert (after.given, after.days_left) == (date(2020, 7, 30), -244)
    assert "2020" not in f"{before.text} {before.reference}"
    shown = " ".join([item.title for item in items.values()] + [gap["text"] for gap in header.known_gaps])
    assert not re.search(r"2019|202\d|8259|800-\d|C2 Consensus|Act of", shown)


def test_what_is_not_known_is_said(header: Roadmap) -> None:
    gaps = " ".join(gap["text"] for gap in header.known_gaps)
    for gap in ("full list", "How many actions", "from memory", "two ways", "may not be complete", "each task serves"):
        assert gap in gaps
    assert all(gap["reference"] for gap in header.known_gaps if gap["mark"] == "read")


def test_the_number_of_actions_is_written_down_nowhere() -> None:
    programme = sorted((Path(tocsin.__file__).parent / "programme").glob("*.py"))
    texts = [file.read_text(encoding="utf-8") for file in programme] + [
        packaged("roadmap-2018.yaml").read_text("utf-8")
    ]
    number = re.compile(rf"\b({len(ACTIONS)}|twenty-four|two dozen)\b", re.IGNORECASE)
    assert not [found.group() for text in texts for found in number.finditer(text)]


def test_measures_are_named_where_they_fit(items: dict[str, RoadmapItem]) -> None:
    named = {name for item in items.values() for name in item.measures}
    assert named == {"infection_rate", "time_to_notice", "programme_progress"}
    assert not items["5.4"].measures
