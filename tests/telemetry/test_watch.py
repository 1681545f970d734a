"""A watch that is killed and begun again at random moments, while a program writes and rotates, reads each row once."""

import gzip
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest

from tests.telemetry.test_growth import HEADER, NETWORKS, row, uids
from tocsin.store.ledger import Ledger, open_ledger
from tocsin.telemetry import State, Stopped, Watch, checked, look, rounds, zeek_conn
from tocsin.workspace import Workspace

ROWS = 4000
HOUR = timedelta(hours=1)


def follow(workspace: Workspace, ledger: Ledger, logs: Path) -> Watch:
    return Watch(checked(workspace, ledger, "edge", 1, NETWORKS, "auto"), [logs], HOUR)


def start(workspace: Workspace, logs: Path) -> "subprocess.Popen[bytes]":
    words = ["watch", str(logs), "--interval", "0.1", "--no-detect", "--sensor", "edge", "--networks", NETWORKS[0]]
    command = [sys.executable, "-m", "tocsin", "--workspace", str(workspace.folder), *words]
    return subprocess.Popen(command, stderr=subprocess.PIPE)


def write(logs: Path, chance: random.Random) -> None:
    """Write rows in pieces that end anywhere, rotate now and then, and compress some of what was rotated."""
    log, rotations, number = logs / "conn.log", 0, 0
    log.write_bytes(HEADER)
    while number < ROWS:
        count = min(chance.randrange(1, 200), ROWS - number)
        lines = b"".join(row(n) for n in range(number, number + count))
        number += count
        for piece in (lines[: len(lines) // 3], lines[len(lines) // 3 :]):
            with log.open("ab") as out:
                out.write(piece)
            time.sleep(chance.random() / 20)
        if chance.random() < 0.3:
            rotations += 1
            rotate(
                log,
                logs / ("new" if rotations % 2 else ".") / f"conn.{rotations:03}.log",
                is_packed=chance.random() < 0.5,
            )


def rotate(log: Path, rotated: Path, is_packed: bool) -> None:
    rotated.parent.mkdir(exist_ok=True)
    log.rename(rotated)
    log.write_bytes(HEADER)
    if is_packed:
        partial = rotated.with_suffix(".log.gz.tmp")
        partial.write_bytes(gzip.compress(rotated.read_bytes()))
        partial.rename(partial.with_suffix(""))
        rotated.unlink()


def test_killed_and_begun_again_while_a_log_grows_and_is_rotated(workspace: Workspace, tmp_path: Path) -> None:
    logs, chance = tmp_path / "logs", random.Random(7)
    logs.mkdir()
    writer = Thread(target=write, args=(logs, random.Random(8)))
    writer.start()
    for _ in range(3):
        watch = start(workspace, logs)
        time.sleep(chance.uniform(0.5, 2))
        watch.kill()
        watch.communicate()
    writer.join()
    watch = start(workspace, logs)
    expected = Counter(f"C{n}" for n in range(ROWS))
    with open_ledger(workspace.ledger) as ledger:
        deadline = time.monotonic() + 60
        while uids(workspace, ledger) != expected and time.monotonic() < deadline:
            time.sleep(0.2)
        watch.send_signal(signal.SIGTERM)
        _, told = watch.communicate(timeout=30)
        # The watches before may have read all, so that this one is told to stop before it has begun.
        assert watch.returncode in (0, -signal.SIGTERM), told
        assert uids(workspace, ledger) == expected


def test_a_round_tells_what_is_new_and_the_next_one_nothing(
    workspace: Workspace, ledger: Ledger, tmp_path: Path
) -> None:
    watch = follow(workspace, ledger, tmp_path / "logs")
    first = look(watch)
    assert [(file.state, file.note) for file in first.files] == [(State.UNREADABLE, "no such file or directory")]
    (tmp_path / "logs/new").mkdir(parents=True)
    (tmp_path / "logs/new/conn.log").write_bytes(HEADER + row(1) + row(2)[:9])
    (tmp_path / "logs/notes.txt").write_text("nothing to read")
    assert [(file.state, file.rows, file.left) for file in look(watch).files] == [(State.READ, 1, 9)]
    assert look(watch).files == ()
    with (tmp_path / "logs/new/conn.log").open("ab") as log:
        log.write(row(2)[9:])
    assert look(watch).rows == 1


def test_a_file_that_cannot_be_read_in_parts_waits_until_nobody_writes_to_it(
    workspace: Workspace, ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(zeek_conn, "header")
    log = tmp_path / "conn.log"
    log.write_bytes(HEADER + row(1))
    (tmp_path / "nfcapd.current.1234").write_bytes(HEADER + row(2))
    watch = follow(workspace, ledger, tmp_path)
    assert look(watch).rows == 0
    long_ago = time.time() - 100
    os.utime(log, (long_ago, long_ago))
    assert look(watch).rows == 1
    log.write_bytes(HEADER + row(1) + row(2))
    os.utime(log, (long_ago, long_ago))
    (result,) = look(watch).files
    assert "reads files whole: take that back with 'tocsin undo" in (result.note or "")


def test_silences_are_told_once(workspace: Workspace, ledger: Ledger, tmp_path: Path) -> None:
    log = tmp_path / "conn.log"
    log.write_bytes(HEADER + row(0))
    watch = follow(workspace, ledger, tmp_path)
    (silence,) = look(watch).silences
    assert (silence.sensor, silence.until) == ("edge", None)
    assert look(watch).silences == ()
    with log.open("ab") as out:
        out.write(row(9000))
    ended, goes_on = look(watch).silences
    assert ended.until
    assert ended.until - ended.since == timedelta(seconds=9000)
    assert goes_on.since == ended.until
    again = follow(workspace, ledger, tmp_path)
    assert again.last == ended.until


def test_a_watch_that_is_stopped_in_the_middle_of_a_file_keeps_nothing_of_it(
    workspace: Workspace, ledger: Ledger, tmp_path: Path
) -> None:
    (tmp_path / "conn.log").write_bytes(HEADER + row(1))
    watch = follow(workspace, ledger, tmp_path)
    watch.stop.set()
    with pytest.raises(Stopped):
        look(watch)
    assert list(rounds(watch, 0)) == []
    assert not uids(workspace, ledger)


def test_a_lake_that_cannot_be_written_is_tried_again(workspace: Workspace, ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/conn.log").write_bytes(HEADER + row(1))
    watch = follow(workspace, ledger, tmp_path / "logs")
    lake = Path(workspace.lake)
    lake.rmdir()
    lake.touch()
    assert "the lake cannot be written" in (look(watch).problem or "")
    lake.unlink()
    assert look(watch).rows == 1
