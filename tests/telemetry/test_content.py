"""Content of files: compressed in any way, cut off, damaged, and made to unpack without measure."""

import bz2
import gzip
import io
import lzma
import random
from collections.abc import Callable

import pyarrow as pa
import pytest

from tocsin.errors import Unreadable
from tocsin.telemetry import CutOff
from tocsin.telemetry._content import content

Pack = Callable[[bytes], bytes]


def _zstd(data: bytes) -> bytes:
    return pa.compress(data, codec="zstd", asbytes=True)


PACKS = [
    pytest.param(gzip.compress, id="gz"),
    pytest.param(lzma.compress, id="xz"),
    pytest.param(bz2.compress, id="bz2"),
    pytest.param(_zstd, id="zst"),
]
# Digits at random: they shrink to half, so that the end of the packed bytes is the end of the content.
DATA = b"".join(b"%d\n" % number for number in random.Random(1).choices(range(10**9), k=250_000))


def opened(packed: bytes) -> io.BufferedReader:
    """These bytes as an open file."""
    return io.BufferedReader(io.BytesIO(packed))


def unpack(packed: bytes) -> tuple[bytes, str | None]:
    """What is there, and what is wrong with the end."""
    pieces = []
    try:
        for piece in content(opened(packed)):
            pieces.append(piece)  # noqa: PERF402  (what came before an error is looked at)
    except CutOff as end:
        return b"".join(pieces), str(end)
    return b"".join(pieces), None


def test_plain_content_is_what_it_is() -> None:
    assert unpack(DATA) == (DATA, None)


@pytest.mark.parametrize("pack", PACKS)
def test_packed_content_is_known_by_its_first_bytes(pack: Pack) -> None:
    assert unpack(pack(DATA)) == (DATA, None)


@pytest.mark.parametrize("pack", PACKS)
def test_archives_may_follow_one_another(pack: Pack) -> None:
    assert unpack(pack(DATA) + pack(b"more")) == (DATA + b"more", None)


@pytest.mark.parametrize("padding", [4, 8, 1 << 17])
def test_xz_archives_may_be_padded(padding: int) -> None:
    packed, zeros = lzma.compress(DATA), bytes(padding)
    assert unpack(packed + zeros) == (DATA, None)
    assert unpack(packed + zeros + lzma.compress(b"more") + zeros) == (DATA + b"more", None)
    with pytest.raises(Unreadable, match="compression is damaged"):
        unpack(packed + zeros + b"not an archive")


@pytest.mark.parametrize("pack", PACKS)
def test_of_a_cut_archive_the_beginning_is_kept(pack: Pack) -> None:
    packed = pack(DATA)
    got, end = unpack(packed[: len(packed) // 2])
    assert end == "its end is missing"
    assert DATA.startswith(got)
    assert len(got) > len(DATA) // 4


# What pyarrow packs with zstd has no checksum, by which a changed byte could be seen; what the zstd program packs has.
@pytest.mark.parametrize("pack", PACKS[:3])
def test_nothing_of_a_damaged_archive_is_trusted(pack: Pack) -> None:
    packed = bytearray(pack(DATA))
    packed[len(packed) // 2] ^= 0xFF
    with pytest.raises(Unreadable, match="compression is damaged"):
        unpack(bytes(packed))


@pytest.mark.parametrize("pack", PACKS)
def test_an_archive_in_an_archive_is_unpacked_once(pack: Pack) -> None:
    inner = pack(bytes(1_000_000))
    assert unpack(gzip.compress(inner)) == (inner, None)


@pytest.mark.parametrize("pack", [param for param in PACKS if param.id != "gz"])
def test_content_without_measure_is_refused(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = pack(bytes(20_000_000))
    assert unpack(packed)[1] is None
    monkeypatch.setattr("tocsin.telemetry._content.UNPACKED_FREELY", 10_000_000)
    with pytest.raises(Unreadable, match="1,000 times its size"):
        unpack(packed)


def test_an_archive_that_asks_for_much_memory_is_refused() -> None:
    greedy = lzma.compress(b"x" * 1000, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 30}])
    with pytest.raises(Unreadable, match="Memory usage limit"):
        unpack(greedy)


def test_gzip_cannot_be_made_to_unpack_without_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.telemetry._content.UNPACKED_FREELY", 10_000_000)
    monkeypatch.setattr("tocsin.telemetry._content.RATIO_LIMIT", 900)
    with pytest.raises(Unreadable, match="900 times its size"):
        unpack(gzip.compress(bytes(40_000_000)))


@pytest.mark.parametrize("pack", PACKS)
def test_content_can_be_taken_up_where_it_was_left_and_the_file_stays_open(pack: Pack) -> None:
    raw = opened(pack(DATA))
    assert b"".join(content(raw, after=5_000)) == DATA[5_000:]
    assert b"".join(content(raw, after=len(DATA))) == b""
    assert b"".join(content(raw)) == DATA
