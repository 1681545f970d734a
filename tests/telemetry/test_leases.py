"""Sayings about leases become leases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.telemetry import Batch, CutOff, Reject
from tocsin.telemetry import _leases as machinery
from tocsin.telemetry._leases import Saying, leases

ADDRESS = "203.0.113.1"


def said(subscriber: str | None, since: int, until: int | None, ends: bool = False, address: str = ADDRESS) -> Saying:
    return Saying(1, b"a line", address, subscriber, since, until, ends=ends)


def told(*sayings: Saying) -> list[tuple[str, int, int | None]]:
    parts = list(leases(sayings, "server"))
    assert all(isinstance(part, Batch) for part in parts)
    found = [row for part in parts if isinstance(part, Batch) for row in part.rows.to_pylist()]
    return sorted(
        ((row["subscriber"], _second(row["time"]), row["until"] and _second(row["until"])) for row in found), key=str
    )


def _second(time: object) -> int:
    return int(f"{time:%M}") * 60_000_000 + int(f"{time:%S}") * 1_000_000 + int(f"{time:%f}")


@pytest.mark.parametrize(
    "sayings, rows",
    [
        ([said("a", 0, 10), said("a", 5, 15)], [("a", 0, 15)]),
        ([said("a", 0, 10), said("a", 10, 20)], [("a", 0, 20)]),
        ([said("a", 0, 10), said("a", 11, 20)], [("a", 0, 10), ("a", 11, 20)]),
        ([said("a", 5, 10), said("a", 0, 7)], [("a", 0, 10)]),
        ([said("a", 0, 10), said("b", 5, 15)], [("a", 0, 5), ("b", 5, 15)]),
        ([said("a", 0, None), said("b", 5, 15)], [("a", 0, 5), ("b", 5, 15)]),
        ([said("a", 0, 10), said("a", 0, 4, ends=True)], [("a", 0, 4)]),
        ([said("a", 0, None), said("a", 0, 4, ends=True), said("a", 2, None)], [("a", 0, 4)]),
        ([said("a", 0, None), said("a", 0, 4, ends=True), said("a", 6, None)], [("a", 0, 4), ("a", 6, None)]),
        ([said("a", 0, 10), said(None, 4, 4)], [("a", 0, 4)]),
        ([said(None, 4, 4)], []),
        ([said("a", 0, 10), said("b", 0, 10, address="203.0.113.2")], [("a", 0, 10), ("b", 0, 10)]),
    ],
)
def test_sayings_and_their_rows(sayings: list[Saying], rows: list[tuple[str, int, int | None]]) -> None:
    assert told(*sayings) == sorted(rows, key=str)
    # What is written again is not doubled.
    assert told(*sayings, *sayings[-1:]) == sorted(rows, key=str)


def test_what_is_said_late_of_an_earlier_holder_ends_where_the_later_one_begins() -> None:
    assert told(said("a", 5, 15), said("b", 0, 10)) == [("a", 5, 15), ("b", 0, 5)]


def test_an_end_before_its_beginning_is_refused() -> None:
    found = list(leases([said("a", 10, 9)], "server"))
    assert found == [Reject(1, "it ends before it begins", "a line")]


def test_when_the_end_of_a_file_is_missing_all_leases_that_are_there_are_given() -> None:
    def cut() -> object:
        yield said("a", 0, 10)
        raise CutOff("its end is missing")

    found = []
    with pytest.raises(CutOff):
        for part in leases(cut(), "server"):  # type: ignore[arg-type]
            found.append(part)  # noqa: PERF402  (what came before an error is looked at)
    assert len(found) == 1


def test_only_so_many_addresses_are_watched_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machinery, "MOST_WATCHED", 2)
    addresses = [f"203.0.113.{last}" for last in range(5)]
    assert len(told(*(said("a", 0, 10, address=address) for address in addresses))) == 5


moments = st.integers(0, 40)
sayings = st.builds(
    lambda who, since, length, ends: said(
        who, since, None if length is None and not ends else since + (length or 0), ends
    ),
    st.sampled_from(["a", "b", "c"]),
    moments,
    st.none() | st.integers(0, 20),
    st.booleans(),
)


@given(st.lists(sayings, max_size=12))
def test_no_saying_is_lost_and_no_row_ends_before_it_begins(heard: list[Saying]) -> None:
    rows = told(*heard)
    assert all(until is None or since <= until for _, since, until in rows)
    for saying in heard:
        # Its beginning lies in a row of this subscriber, or was cut by what was said later of another.
        assert any(who == saying.subscriber and since <= saying.since for who, since, _ in rows)
