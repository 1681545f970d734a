"""The command line, and a log for it to read."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tocsin.cli import main

HEADER = "#separator \\x09\n#unset_field\t-\n#path\tconn\n#fields\t" + "\t".join(
    (
        *("ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "service", "duration"),
        *("orig_bytes", "resp_bytes", "conn_state", "orig_pkts", "orig_ip_bytes", "resp_pkts", "resp_ip_bytes"),
    )
)


@dataclass(frozen=True)
class Ran:
    """What a command gave: exit code, stdout, stderr."""

    code: int
    out: str
    err: str


Tocsin = Callable[..., Ran]


@pytest.fixture
def tocsin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tocsin:
    """Run ``tocsin`` with these words in this process, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("TOCSIN_")]:
        monkeypatch.delenv(name)

    def run(*words: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["tocsin", *words])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        return Ran(code, *capsys.readouterr())

    return run


@pytest.fixture
def made(tocsin: Tocsin) -> Tocsin:
    """``tocsin`` with a workspace whose network is that of the log."""
    assert tocsin("init", "--party", "isp", "--networks", "192.0.2.0/24").code == 0
    return tocsin


@pytest.fixture
def looked(made: Tocsin, log: Path) -> Tocsin:
    """The same, with the log read and looked through."""
    assert made("ingest", str(log)).code == 0
    assert made("detect").code == 0
    return made


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A conn.log in which 192.0.2.10 calls a silent 198.51.100.7 every minute for ten hours."""
    lines = [
        f"{1772323200 + i * 60}.000000\tC{i}\t192.0.2.10\t{40000 + i}\t198.51.100.7\t4444\ttcp\t-\t1.0"
        "\t0\t0\tS0\t2\t120\t0\t0"
        for i in range(600)
    ]
    path = tmp_path / "conn.log"
    path.write_text("\n".join([HEADER, *lines]) + "\n")
    return path
