"""Content as a file on disk, for readers whose library or program wants one."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from tocsin.telemetry._rows import CutOff


@contextmanager
def spooled(content: Iterable[bytes], ending: str = "") -> Iterator[Path]:
    """A file that holds all of ``content`` and is gone afterwards.

    When the end of the content is missing, what there is of it is in the file, and CutOff rises at the end of the
    ``with``. Raises what ``content`` raises, and OSError when the disk is full.
    """
    cut: CutOff | None = None
    with NamedTemporaryFile(prefix="tocsin-", suffix=ending) as file:
        try:
            for piece in content:
                file.write(piece)
        except CutOff as end:
            cut = end
        file.flush()
        yield Path(file.name)
    if cut is not None:
        raise cut
