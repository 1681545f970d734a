"""Questions and answers that a log has apart become one row."""

from collections.abc import Iterator

import pyarrow as pa
import pytest

from tocsin.telemetry import CutOff, Reject
from tocsin.telemetry import _answered as machinery
from tocsin.telemetry._answered import PATIENCE_US, answered

Half = tuple[int, str, bool, str]


def table(*halves: Half) -> pa.Table:
    time, exchange, is_answer, said = zip(*halves, strict=True)
    return pa.table({"time": time, "exchange": exchange, "is_answer": is_answer, "said": said, "client": said})


def rows(*parts: pa.Table | Reject, keep: tuple[str, ...] = ()) -> list[tuple[object, ...]]:
    found = [part for part in answered(parts, keep) if isinstance(part, pa.Table)]
    return sorted(tuple(row.values()) for part in found for row in part.to_pylist())


def test_an_answer_takes_the_time_of_its_question_and_what_is_to_be_kept() -> None:
    question, answer = table((1, "x", False, "question")), table((5, "x", True, "answer"))
    assert rows(question, answer) == [(1, "answer", "answer")]
    assert rows(question, answer, keep=("client",)) == [(1, "answer", "question")]


def test_the_same_question_asked_twice_has_two_answers() -> None:
    halves = [(1, "x", False, "q1"), (2, "x", False, "q2"), (3, "x", True, "a1"), (4, "x", True, "a2")]
    assert rows(table(*halves), keep=("client",)) == [(1, "a1", "q1"), (2, "a2", "q2")]
    assert rows(*(table(half) for half in halves), keep=("client",)) == [(1, "a1", "q1"), (2, "a2", "q2")]


@pytest.mark.parametrize("late, count", [(0, 1), (1, 2)])
def test_nobody_waits_for_more_than_a_minute(late: int, count: int) -> None:
    assert len(rows(table((0, "x", False, "q"), (PATIENCE_US + late, "x", True, "a")))) == count
    assert len(rows(table((0, "x", False, "q")), table((PATIENCE_US + late, "x", True, "a")))) == count


def test_only_so_many_questions_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machinery, "MOST_WAITING", 2)
    questions = table(*((moment, str(moment), False, "q") for moment in range(5)))
    first = next(iter(answered([questions])))
    assert isinstance(first, pa.Table)
    assert first["time"].to_pylist() == [0, 1, 2]


def test_when_the_end_is_missing_the_questions_that_still_wait_are_given_first() -> None:
    def cut() -> Iterator[pa.Table]:
        yield table((1, "x", False, "q"))
        raise CutOff("its end is missing")

    found = []
    with pytest.raises(CutOff):
        for part in answered(cut()):
            found.append(part)  # noqa: PERF402  (what came before an error is looked at)
    assert sum(part.num_rows for part in found if isinstance(part, pa.Table)) == 1


def test_what_is_rejected_passes_through() -> None:
    reject = Reject(1, "a reason", "a text")
    assert list(answered([reject])) == [reject]
