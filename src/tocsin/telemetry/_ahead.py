"""Work that is done in threads while its results are being used; Arrow lets go of the interpreter."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from tocsin.telemetry._rows import CutOff

# One is being written to the lake meanwhile; more would only hold more blocks in memory.
THREADS = 2

Item = TypeVar("Item")
Result = TypeVar("Result")


def ahead(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """What ``work`` gives for each item, in the order of the items.

    When ``items`` raises CutOff, it rises after all results; other errors rise at once.
    """
    cut: CutOff | None = None
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(THREADS) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(work, item))
                if len(waiting) > THREADS:
                    yield waiting.popleft().result()
        except CutOff as end:
            cut = end
        while waiting:
            yield waiting.popleft().result()
    if cut is not None:
        raise cut
