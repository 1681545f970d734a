"""Follow folders that collectors write to: read what is new, look for bots, and say when a sensor goes silent.

Logs are read up to their last whole line and gone on from there, also after rotation, renaming and compression; files
that cannot be read in parts (pcap, nfcapd) are read once nobody has written to them for a minute. It may be stopped and
started at any moment, and no row is lost or comes twice. Nothing is sent and nothing is blocked. What happens is told
on stderr, one line an event.
"""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from tocsin.cli._input import listed
from tocsin.cli._output import Advance, json_line, say
from tocsin.cli._session import session
from tocsin.cli.ingest import tell
from tocsin.pipeline import DETECT, MERGE, RESPOND, Run, flow
from tocsin.telemetry import Round, Silence, State, Stopped, Watch, checked, look, rounds
from tocsin.wording import moment, number


def run(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="Folders, files and patterns.")],
    format: Annotated[str, typer.Option(help="Name of the reader; found by content unless given.")] = "auto",
    sensor: Annotated[str | None, typer.Option(help="Name of the sensor that writes them.")] = None,
    sampling: Annotated[int, typer.Option(min=1, help="The sensor looks at 1 packet in so many.")] = 1,
    networks: Annotated[str, typer.Option(help="Networks that it watches, as CIDR, separated by commas.")] = "",
    interval: Annotated[float, typer.Option(min=0.1, help="Seconds between two looks through the folders.")] = 10,
    detect: Annotated[bool, typer.Option(help="Look for bots in what is new.")] = True,
    every: Annotated[float, typer.Option(min=0, help="Minutes between two searches for bots, at least.")] = 15,
    quiet: Annotated[float, typer.Option(min=0, help="Minutes without rows after which that is told.")] = 60,
    once: Annotated[bool, typer.Option("--once", help="One look, then stop: for cron.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on stdout, one an event.")] = False,
) -> None:
    with session(context) as (workspace, ledger):
        settings = checked(workspace, ledger, sensor, sampling, listed(networks), format)
        watch = Watch(settings, paths, timedelta(minutes=quiet))
        searching = Run(workspace, ledger, _stoppable(watch))
        searched, is_due, failed = -float("inf"), False, False
        with _until_told(watch):
            for found in [look(watch)] if once else rounds(watch, interval):
                _tell(found, as_json)
                failed = bool(found.problem) or any(file.state is State.UNREADABLE for file in found.files)
                is_due = detect and (is_due or found.rows > 0)
                if is_due and time.monotonic() - searched >= every * 60:
                    _search(searching, as_json)
                    searched, is_due = time.monotonic(), False
    raise typer.Exit(3 if once and failed else 0)


def _search(searching: Run, as_json: bool) -> None:
    try:
        lines = flow(searching, (DETECT, MERGE, RESPOND))
    except Stopped:
        return
    for line in lines:
        json_line({"event": "detect", "text": line}) if as_json else say(line)


def _tell(found: Round, as_json: bool) -> None:
    if as_json:
        for file in found.files:
            json_line({"event": "file", **_plain(file)})
        for silence in found.silences:
            json_line({"event": "silence", **_plain(silence)})
        if found.problem:
            json_line({"event": "problem", "text": found.problem})
        sys.stdout.flush()
        return
    for file in found.files:
        say(tell(file) or f"read: {file.path}: {number(file.rows)} rows")
    for silence in found.silences:
        say(_sentence(silence))
    if found.problem:
        say(f"{found.problem}: trying again")


def _plain(row: object) -> dict[str, object]:
    return {name: getattr(row, name) for name in row.__dataclass_fields__}  # type: ignore[attr-defined]  # dataclasses


def _sentence(silence: Silence) -> str:
    """A gap in words."""
    if silence.until is None:
        return f"no rows from sensor {silence.sensor} since {moment(silence.since)}"
    return f"no rows from sensor {silence.sensor} between {moment(silence.since)} and {moment(silence.until)}"


def _stoppable(watch: Watch):  # type: ignore[no-untyped-def]
    @contextmanager
    def progress(_what: str) -> Iterator[Advance]:
        def advance(_done: int, _total: int) -> None:
            if watch.stop.is_set():
                raise Stopped

        yield advance

    return progress


@contextmanager
def _until_told(watch: Watch) -> Iterator[None]:
    """SIGTERM and SIGINT end the watch after what it is at; nothing half-read counts. A second one ends it at once."""

    def stop(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        watch.stop.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
