"""Work that is done in another thread while the last of it is used: reading, parsing and writing overlap."""

from collections.abc import Generator, Iterator
from queue import Empty, Queue
from threading import Event, Thread
from typing import TypeAlias, TypeVar

T = TypeVar("T")
# An item, or the error that ended them.
Made: TypeAlias = Queue[tuple[T, None] | tuple[None, BaseException]]
# Two wait and one is in the making; more would cost memory and gain nothing.
WAITING = 2


def overlapped(items: Iterator[T]) -> Iterator[T]:
    """The same items in the same order, made in a thread that is at most three of them ahead.

    What rises in making them rises here, after the items before it. When nobody wants the rest, the thread ends.
    """
    made: Made[T] = Queue(WAITING)
    stopped = Event()
    thread = Thread(target=_make, args=(items, made, stopped), daemon=True)
    thread.start()
    try:
        while True:
            item, error = made.get()
            if isinstance(error, StopIteration):
                return
            if error is not None:
                raise error
            yield item  # type: ignore[misc]  # an item, for there is no error
    finally:
        stopped.set()
        while thread.is_alive():
            _empty(made)
            thread.join(0.01)


def _make(items: Iterator[T], made: Made[T], stopped: Event) -> None:
    end: BaseException = StopIteration()
    try:
        for item in items:
            made.put((item, None))
            if stopped.is_set():
                break
        if isinstance(items, Generator):
            items.close()
    except BaseException as error:  # handed over, whatever it is
        end = error
    made.put((None, end))


def _empty(made: Made[T]) -> None:
    try:
        while True:
            made.get_nowait()
    except Empty:
        return
