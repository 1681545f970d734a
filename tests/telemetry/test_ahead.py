"""Work in threads gives what work in turn does."""

import time
from collections.abc import Iterator
from threading import get_ident

import pytest

from tocsin.errors import Unreadable
from tocsin.telemetry import CutOff
from tocsin.telemetry._ahead import THREADS, ahead


def test_results_come_in_the_order_of_the_items() -> None:
    def work(item: int) -> int:
        # The first ones take longest.
        time.sleep((3 - item % 4) / 1000)
        return item

    assert list(ahead(work, range(40))) == list(range(40))


def test_work_is_done_elsewhere() -> None:
    assert get_ident() not in set(ahead(lambda _: get_ident(), range(8)))


def test_no_more_items_are_taken_than_can_be_worked_on() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for item in range(100):
            taken.append(item)
            yield item

    results = ahead(lambda item: item, items())
    assert next(results) == 0
    assert len(taken) == THREADS + 1
    results.close()  # type: ignore[attr-defined]


def test_a_missing_end_rises_after_all_that_is_there() -> None:
    def items() -> Iterator[int]:
        yield from range(3)
        raise CutOff("its end is missing")

    results = ahead(lambda item: item, items())
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(CutOff):
        next(results)


def test_other_errors_rise_as_they_are() -> None:
    def work(item: int) -> int:
        raise Unreadable("no")

    with pytest.raises(Unreadable, match="no"):
        list(ahead(work, range(3)))
