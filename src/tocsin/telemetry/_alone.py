"""One reader at a time: two that read the same growing log at once would each take its new lines."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK_FILE = "ingest.lock"
WAIT_SECONDS = 0.1


@contextmanager
def alone(folder: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Be the only one who reads into the workspace in ``folder``; ``waiting`` is called while another one does.

    The system itself gives the lock back when a process ends, however it ends.
    """
    with (folder / LOCK_FILE).open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                waiting()
                time.sleep(WAIT_SECONDS)
        yield
