import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tocsin.errors import WrongUse
from tocsin.web import serve
from tocsin.workspace import Workspace

PROGRAM = """
import sys
from pathlib import Path
from tocsin.web import serve
from tocsin.workspace import open_workspace
serve(open_workspace(Path(sys.argv[1])), port=0)
"""


def test_a_port_that_is_taken_is_told_in_one_line(workspace: Workspace) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(WrongUse, match=f"^port {port} cannot be used: 127.0.0.1: it is taken; choose another with"):
            serve(workspace, port=port)


@pytest.mark.parametrize("port", [-1, 70_000])
def test_a_port_that_is_none_is_told_in_one_line(workspace: Workspace, port: int) -> None:
    with pytest.raises(WrongUse, match=f"port {port} cannot be used"):
        serve(workspace, port=port)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.net"])
def test_other_machines_are_not_served(workspace: Workspace, host: str) -> None:
    with pytest.raises(WrongUse, match="the page has no log-in"):
        serve(workspace, host=host)


def test_the_page_is_served_until_it_is_stopped(workspace: Workspace, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    with subprocess.Popen([sys.executable, program, workspace.folder], stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        said = running.stderr.readline()
        address = said.removeprefix("The page is at ").split()[0]
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(f"{address}healthz", timeout=20) as answer:
            assert answer.status == 200
            assert "server" not in {name.lower() for name in answer.headers}
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=20) == 0
        assert running.stderr.read() == ""
