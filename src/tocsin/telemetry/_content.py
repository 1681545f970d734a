"""The content of a file in pieces, unpacked when its first bytes say that it is compressed.

Three things can be wrong with compressed content. Its end is missing: what is there is given, then CutOff rises. It is
damaged: no part of it can be trusted, so it is Unreadable. It unpacks without measure: Unreadable.
"""

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable, Iterator
from io import BufferedReader, IOBase

import pyarrow as pa

from tocsin.errors import Unreadable
from tocsin.telemetry._rows import CutOff

PIECE = 4 << 20
STEP = 1 << 16

# Logs shrink to a tenth, repetitive ones to a hundredth; gzip itself ends at 1,032.
RATIO_LIMIT = 1000
UNPACKED_FREELY = 100_000_000

# xz reserves as much as the file asks for, up to 4 GiB; its strongest preset asks for 65 MiB.
XZ_MEMORY = 256 << 20


def content(raw: BufferedReader, after: int = 0) -> Iterator[bytes]:
    """Pieces of an open file's content, without its first ``after`` bytes.

    Raises CutOff after the last piece when the end of compressed content is missing, Unreadable when it is damaged or
    unpacks to more than 1,000 times its size.
    """
    unpack = _packing(raw)
    if unpack:
        raw.seek(0)
        return _without(_pieces(raw, unpack), after)
    raw.seek(after)
    return iter(lambda: raw.read(PIECE), b"")


def is_packed(raw: BufferedReader) -> bool:
    """Whether an open file's first bytes say that it is compressed. Its place is lost."""
    return _packing(raw) is not None


def _packing(raw: BufferedReader) -> Callable[[BufferedReader], Iterator[bytes]] | None:
    raw.seek(0)
    magic = raw.read(6)
    return next((unpack for sign, unpack in _UNPACK.items() if magic.startswith(sign)), None)


def _without(pieces: Iterator[bytes], first: int) -> Iterator[bytes]:
    for piece in pieces:
        if first < len(piece):
            yield piece[first:]
        first = max(0, first - len(piece))


def _pieces(raw: BufferedReader, unpack: Callable[[BufferedReader], Iterator[bytes]]) -> Iterator[bytes]:
    held, total, whole = bytearray(), 0, True
    try:
        for part in unpack(raw):
            total += len(part)
            if total > UNPACKED_FREELY and total > RATIO_LIMIT * raw.tell():
                raise Unreadable(
                    f"it unpacks to more than {RATIO_LIMIT:,} times its size: unpack it by hand to read it"
                )
            held += part
            if len(held) >= PIECE:
                yield bytes(held)
                held.clear()
    except EOFError:
        whole = False
    except (OSError, zlib.error, lzma.LZMAError) as error:
        raise Unreadable(f"its compression is damaged ({error}): get it again from its source") from None
    if held:
        yield bytes(held)
    if not whole:
        raise CutOff("its end is missing")


def _gzip(raw: BufferedReader) -> Iterator[bytes]:
    file = gzip.GzipFile(fileobj=raw)
    return iter(lambda: file.read1(STEP), b"")


def _bzip2(raw: BufferedReader) -> Iterator[bytes]:
    file = bz2.BZ2File(raw)
    return iter(lambda: file.read1(STEP), b"")


class _Lent(IOBase):
    """An open file that pyarrow, which closes what it has read, reads and does not close."""

    def __init__(self, raw: BufferedReader) -> None:
        self._raw = raw

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The next ``size`` bytes at most."""
        return self._raw.read(size)


def _zstd(raw: BufferedReader) -> Iterator[bytes]:
    file = pa.CompressedInputStream(pa.PythonFile(_Lent(raw), mode="r"), "zstd")
    try:
        # A read that meets the missing end gives nothing of what it had; so it is kept small.
        while part := file.read(STEP >> 4):
            yield part
    except OSError as error:
        if "Truncated" in str(error):
            raise EOFError from None
        raise


def _xz(raw: BufferedReader) -> Iterator[bytes]:
    """LZMAFile has no bound for memory; hence by hand, with as many streams in a row as there are."""
    packed = raw.read(STEP)
    while packed:
        stream = lzma.LZMADecompressor(memlimit=XZ_MEMORY)
        while not stream.eof:
            part = stream.decompress(packed, STEP)
            yield part
            packed = raw.read(STEP) if stream.needs_input and not stream.eof else b""
            if stream.needs_input and not stream.eof and not packed:
                raise EOFError
        packed = stream.unused_data or raw.read(STEP)
        # Zeros may pad a stream, to any length.
        while packed and not packed.strip(b"\x00"):
            packed = raw.read(STEP)
        packed = packed.lstrip(b"\x00")


_UNPACK: dict[bytes, Callable[[BufferedReader], Iterator[bytes]]] = {
    b"\x1f\x8b": _gzip,
    b"BZh": _bzip2,
    b"\xfd7zXZ\x00": _xz,
    b"\x28\xb5\x2f\xfd": _zstd,
}
