"""Lists are read line by line, packed or not, within bounds."""

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest

from tocsin.detect._intelligence import files
from tocsin.detect._intelligence.files import Line, lines
from tocsin.errors import Unreadable

TEXT = b'# a list\n\n  c2.example.net  # seen twice\r\n"198.51.100.7",bad\n'


def archive(members: dict[str, bytes], mode: str = "w:xz") -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as tar:  # type: ignore[call-overload]
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        tar.addfile(tarfile.TarInfo("folder") if not members else _link())
    return packed.getvalue()


def _link() -> tarfile.TarInfo:
    link = tarfile.TarInfo("malware/link.txt")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return link


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lzma.compress, bz2.compress])
def test_comments_and_packing_do_not_matter(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    (path := tmp_path / "list").write_bytes(pack(TEXT))
    assert list(lines(path)) == [Line("c2.example.net", None), Line("198.51.100.7", None)]


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz"])
def test_an_archive_gives_the_lines_of_its_files(tmp_path: Path, mode: str) -> None:
    (path := tmp_path / "list").write_bytes(
        archive({"malware/one.txt": TEXT, "malware/two.txt": b"x.example.net"}, mode)
    )
    assert [(line.text, str(line.member)) for line in lines(path)] == [
        ("c2.example.net", "malware/one.txt"),
        ("198.51.100.7", "malware/one.txt"),
        ("x.example.net", "malware/two.txt"),
    ]


def test_a_line_that_is_too_long_is_counted_and_passed_over(tmp_path: Path) -> None:
    (path := tmp_path / "list").write_bytes(b"a" * 20_000 + b"\nc2.example.net\n" + b"b" * 5000)
    assert [line.text for line in lines(path)] == [None, "c2.example.net", None]


def test_what_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BYTES_MAX", 1 << 20)
    (path := tmp_path / "list.xz").write_bytes(lzma.compress(b"c2.example.net\n" * 100_000))
    with pytest.raises(Unreadable, match="too large"):
        list(lines(path))


@pytest.mark.parametrize("cut", [20, 60, 200])
def test_what_is_cut_off_is_refused(tmp_path: Path, cut: int) -> None:
    whole = archive({f"malware/{n}.txt": TEXT * 50 for n in range(20)})
    (path := tmp_path / "list.tar.xz").write_bytes(whole[:cut])
    with pytest.raises(Unreadable, match="cannot be read"):
        list(lines(path))


def test_an_archive_of_too_many_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MEMBERS_MAX", 3)
    (path := tmp_path / "list.tar").write_bytes(archive({f"{n}.txt": TEXT for n in range(5)}, "w"))
    with pytest.raises(Unreadable, match="more than 3 files"):
        list(lines(path))


def test_families() -> None:
    assert files.family(PurePosixPath("a/apt_x.txt")) == "apt_x"
    assert files.family(None) is None
