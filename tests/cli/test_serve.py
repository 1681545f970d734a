"""Serving the page: started as a user starts it, asked as a browser asks, stopped."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.cli.conftest import Tocsin


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_the_page_is_there(looked: Tocsin, tmp_path: Path) -> None:
    port = free_port()
    looked("measures")
    words = [sys.executable, "-m", "tocsin", "serve", "--port", str(port)]
    with subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            page = ask(f"http://127.0.0.1:{port}/", seconds=60)
        finally:
            server.terminate()
            server.wait(timeout=30)
    assert "192.0.2" in page


def test_a_port_that_is_taken_is_told(looked: Tocsin) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = looked("serve", "--port", str(port))
    assert ran.code == 2
    assert f"port {port} cannot be used" in ran.err
    assert len(ran.err.splitlines()) == 1


def ask(url: str, seconds: float) -> str:
    """What the server answers, once it is up."""
    until = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                return str(answer.read().decode())
        except urllib.error.URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
