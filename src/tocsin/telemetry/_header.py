"""What must stand above lines that are read apart from the beginning of their file.

A log that grows is read in parts. The reader is given each part as if it were a file: below the header lines that hold
where the part begins. Which lines these are, the reader's ``header`` says; here are the two simplest.
"""

from collections.abc import Callable
from typing import TypeAlias

Header: TypeAlias = Callable[[bytes, bytes], bytes]


def no_header(above: bytes, lines: bytes) -> bytes:
    """Every line stands for itself.

    >>> no_header(b"", b'{"a": 1}\\n')
    b''
    """
    del above, lines
    return b""


def first_line(above: bytes, lines: bytes) -> bytes:
    """The first line of the file says what all others mean.

    >>> first_line(first_line(b"", b"time,source\\n1,2\\n"), b"3,4\\n")
    b'time,source\\n'
    """
    return above or lines[: lines.find(b"\n") + 1]
