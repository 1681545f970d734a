"""Times as programs write them before their messages."""

import re

import pyarrow as pa
import pytest

from tocsin.telemetry._stamps import STAMP, stamp

TEN = "2026-01-05 10:00:00.000000"


@pytest.mark.parametrize(
    "text, time",
    [
        ("1767607200", TEN),
        ("1767607200.25", "2026-01-05 10:00:00.250000"),
        ("2026-01-05T10:00:00Z", TEN),
        ("2026-01-05T12:00:00.5+02:00", "2026-01-05 10:00:00.500000"),
        ("2026-01-05T12:00:00+0200", TEN),
        ("2026-01-05 10:00:00", TEN),
        ("2026-01-05 10:00", TEN),
        ("2026-01-05", "2026-01-05 00:00:00.000000"),
        ("05-Jan-2026 10:00:00.250", "2026-01-05 10:00:00.250000"),
        ("2026 Jan  5 10:00:00", TEN),
        ("2026 Jan 15 10:00:00", "2026-01-15 10:00:00.000000"),
        ("Jan  5 10:00:00", None),
        ("31-Feb-2026 10:00:00", None),
        ("05-Foo-2026 10:00:00", None),
        ("2026-01-05T25:00:00Z", None),
        ("", None),
    ],
)
def test_forms_of_times(text: str, time: str | None) -> None:
    assert [value and f"{value:%Y-%m-%d %H:%M:%S.%f}" for value in stamp(pa.array([text])).to_pylist()] == [time]


def test_forms_may_stand_side_by_side() -> None:
    mixed = [
        "1767607200",
        "Jan  5 10:00:00",
        "2026-01-05T10:00:00Z",
        None,
        "05-Jan-2026 10:00:00",
        "2026-01-05 10:00:00",
    ]
    found = stamp(pa.array(mixed)).to_pylist()
    assert [value and f"{value:%H:%M}" for value in found] == ["10:00", None, "10:00", None, "10:00", "10:00"]


@pytest.mark.parametrize(
    "line, time",
    [
        ("<30>1 2026-01-05T10:00:00Z host x", "2026-01-05T10:00:00Z"),
        ("1 2026 Jan  5 10:00:00 host x", "2026 Jan  5 10:00:00"),
        ("[1767607200] x", "1767607200"),
        ("Jan  5 10:00:00 host x", "Jan  5 10:00:00"),
        ("05-Jan-2026 10:00:00.250 x", "05-Jan-2026 10:00:00.250"),
    ],
)
def test_what_a_message_may_begin_with(line: str, time: str) -> None:
    found = re.match(STAMP, line)
    assert found is not None
    assert found["time"] == time
