"""Content that lies on disk for as long as it is needed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tocsin.telemetry._rows import CutOff
from tocsin.telemetry._spool import spooled


def _cut() -> Iterator[bytes]:
    yield b"one"
    raise CutOff("its end is missing")


def test_a_file_holds_the_content_and_goes() -> None:
    with spooled([b"one", b"two"], ".pcap") as path:
        assert path.read_bytes() == b"onetwo"
        assert path.suffix == ".pcap"
    assert not path.exists()


def test_what_is_there_of_cut_content_can_be_read_first() -> None:
    seen: list[bytes] = []
    with pytest.raises(CutOff), spooled(_cut()) as path:
        seen.append(path.read_bytes())
    assert seen == [b"one"]
    assert not path.exists()


def test_an_error_of_the_reader_comes_through() -> None:
    paths: list[Path] = []
    with pytest.raises(ZeroDivisionError), spooled(_cut()) as path:
        paths.append(path)
        raise ZeroDivisionError
    assert not paths[0].exists()
