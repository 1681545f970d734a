"""Work in another thread gives the same, in order, with its errors, and ends when nobody wants more."""

import threading
from collections.abc import Iterator

import pytest

from tocsin.telemetry import CutOff
from tocsin.telemetry._overlap import overlapped


def _numbers(count: int, end: Exception | None = None) -> Iterator[int]:
    yield from range(count)
    if end:
        raise end


def test_items_come_in_order_and_errors_after_them() -> None:
    assert list(overlapped(_numbers(1000))) == list(range(1000))
    seen = []
    with pytest.raises(CutOff):
        for number in overlapped(_numbers(5, CutOff("its end is missing"))):
            seen.append(number)  # noqa: PERF402  (what came before the error is looked at)
    assert seen == [0, 1, 2, 3, 4]


def test_who_stops_early_leaves_no_thread() -> None:
    before = threading.active_count()
    closed = []

    def endless() -> Iterator[int]:
        try:
            while True:
                yield 1
        finally:
            closed.append(True)

    items = overlapped(overlapped(endless()))
    assert next(items) == 1
    items.close()  # type: ignore[attr-defined]  # it is a generator
    assert closed == [True]
    assert threading.active_count() == before
