"""What a program of the system writes, in pieces and within bounds."""

import os
import select
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from tempfile import TemporaryFile

from tocsin.errors import Unreadable

PIECE = 1 << 20
# Decoders give something all the time; one that is silent for so long hangs.
SILENT_SECONDS = 120
# What a record of some bytes becomes as text is not more than a hundred times as much.
UNPACKED_FREELY, RATIO_LIMIT = 100_000_000, 1000
_COMPLAINT_BYTES = 2000


def path_of(program: str, package: str) -> str:
    """Where a program is. Raises Unreadable, which names the Debian package, when it is not installed."""
    found = shutil.which(program)
    if found is None:
        raise Unreadable(f"it is read by {program}, which is not installed: apt-get install {package}")
    return found


@contextmanager
def output(
    command: Sequence[str], size: int, environment: Mapping[str, str], silent_seconds: float = SILENT_SECONDS
) -> Iterator[tuple[Iterator[bytes], "list[str]"]]:
    """Pieces of what a command writes for an input of ``size`` bytes; and, when they have ended, lines of complaint.

    No shell has a part in it. Raises Unreadable when it is silent for too long or writes beyond measure; then, and when
    the ``with`` is left early, it is killed.
    """
    complaints: list[str] = []
    with TemporaryFile() as errors:
        process = subprocess.Popen(  # noqa: S603  (a fixed program; the only argument from outside is our own file)
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**os.environ, **environment},
        )
        try:
            yield _pieces(process, size, silent_seconds), complaints
            # One that still writes, though nobody reads, ends by that.
            if process.stdout is not None:
                process.stdout.close()
            if _ended(process, silent_seconds):
                complaints.append(f"{os.path.basename(command[0])} ended with {process.returncode}")  # noqa: PTH119
            errors.seek(0)
            text = errors.read(_COMPLAINT_BYTES).decode("utf-8", "replace")
            complaints += [line.strip() for line in text.splitlines() if line.strip()]
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()


def _ended(process: "subprocess.Popen[bytes]", silent_seconds: float) -> int:
    try:
        return process.wait(silent_seconds)
    except subprocess.TimeoutExpired:
        raise Unreadable(f"the program that reads it did not end within {silent_seconds:,.0f} seconds") from None


def _pieces(process: "subprocess.Popen[bytes]", size: int, silent_seconds: float) -> Iterator[bytes]:
    assert process.stdout is not None  # noqa: S101  (it was asked for)
    source, total = process.stdout.fileno(), 0
    while True:
        ready, _, _ = select.select([source], [], [], silent_seconds)
        if not ready:
            raise Unreadable(f"the program that reads it was silent for {silent_seconds:,.0f} seconds: try it by hand")
        piece = os.read(source, PIECE)
        if not piece:
            return
        total += len(piece)
        if total > UNPACKED_FREELY and total > RATIO_LIMIT * size:
            raise Unreadable(f"it unpacks to more than {RATIO_LIMIT:,} times its size: unpack it by hand to read it")
        yield piece
