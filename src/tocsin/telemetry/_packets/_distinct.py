"""Rows of bytes told apart."""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tocsin.telemetry._packets._frames import Integers


def distinct(octets: NDArray[Any], width: int) -> tuple[Integers, list[bytes]]:
    """Of rows that are ``width`` bytes each: which of the different ones each is, and these in order of appearance.

    >>> distinct(np.frombuffer(b"abcdab", np.uint8), 2)
    (array([0, 1, 0]), [b'ab', b'cd'])
    """
    data = np.ascontiguousarray(octets).tobytes()
    packed = pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), len(data) // width, [None, pa.py_buffer(data)])
    encoded: Any = packed.dictionary_encode()
    return encoded.indices.to_numpy().astype(np.int64), encoded.dictionary.to_pylist()
