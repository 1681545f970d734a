from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast

import pytest

from tocsin.programme.report._answer import answer
from tocsin.programme.report.shape import Change, Document, Figure
from tocsin.wording import THIN

RATE = {
    "name": "infection_rate", "title": "How many", "scope": "All parties", "value": 20.0, "before": 30.0,
    "text": "20", "moved": "It moved.", "change": "first",
}  # fmt: skip


def rate(**changes: object) -> Figure:
    return cast("Figure", {**RATE, **changes})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("first", "It cannot be said yet."),
        ("not comparable", "It cannot be said."),
        ("not moved", "Nothing has moved that chance does not explain."),
        ("fell", "Fewer devices are infected than before; why, cannot be said."),
        ("rose", "No. More devices are infected than before."),
    ],
)
def test_the_answer_follows_the_rate(change: Change, sentence: str) -> None:
    assert answer([rate(change=change)])["sentence"] == sentence


def test_a_fall_gives_the_programme_no_credit_without_a_comparison() -> None:
    assert "nothing can be credited to the programme" in answer([rate(change="fell")])["reason"]


def test_without_a_rate_the_reason_is_the_figures_own() -> None:
    unknown = rate(value=None, text="Not known: no subscriber count")
    assert answer([unknown])["reason"] == "No rate of infection is known: no subscriber count."
    assert "no measure was computed" in answer([])["reason"]


def test_the_clock_counts_from_the_road_map(document: Document) -> None:
    timing = document["timing"]
    assert timing["sentence"] == "Day 23 of 365: the next report is due on 29 November 2019, in 342 days."
    assert timing["due"] == "2019-11-29"


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2019-12-09", "No. The report was due on 29 November 2019 and is 10 days overdue."),
        ("2020-08-01", "The report that was due on 29 November 2019 came on 30 July 2020, 244 days late."),
        ("2018-11-28", "Not known: there is no road map that has begun."),
    ],
)
def test_the_clock_at_other_times(built: Callable[..., Document], day: str, sentence: str) -> None:
    timing = built(as_of=datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC))["timing"]
    assert timing["sentence"].replace(THIN, " ") == sentence


def test_tasks_are_counted_by_state_and_none_is_forgotten(document: Document) -> None:
    tasks = [node for line in document["roadmap"]["lines"] for node in line["nodes"] if node["kind"] == "task"]
    assert f"Of {len(tasks)} tasks" in document["timing"]["points"][0].replace(THIN, " ")


def test_how_sure_names_sensor_confidence_and_what_was_lost(document: Document) -> None:
    sure = document["sureness"]
    assert sure["sentence"].replace(THIN, " ").startswith("It rests on 1 sensor and 2 days")
    points = " ".join(sure["points"]).replace(THIN, " ")
    assert "Sensor edge watched 192.168.1.0/24, every packet" in points
    assert "4 findings with a confidence of 80 to 95 out of 100" in points
    assert "2 rows could not be read" in points
