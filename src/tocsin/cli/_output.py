"""What verbs print: facts and JSON Lines on stdout, messages and progress on stderr."""

import json
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from tocsin.errors import WrongUse

Advance = Callable[[int, int], None]


def command() -> str:
    """What to type to run Tocsin from here: its path where it is not on PATH, as after ``make setup``."""
    return "tocsin" if shutil.which("tocsin") or not sys.argv[0].endswith("tocsin") else sys.argv[0]


def say(line: str = "") -> None:
    """A line for people, on stderr."""
    typer.echo(line, err=True)


def fact(line: str = "") -> None:
    """A line of the result, on stdout; on a terminal it is broken between words, and what follows is set in."""
    if line and sys.stdout.isatty():
        inset = " " * (len(line) - len(line.lstrip()) + 2)
        width = shutil.get_terminal_size().columns
        line = textwrap.fill(line, width, subsequent_indent=inset, break_long_words=False, break_on_hyphens=False)
    typer.echo(line)


def json_line(row: Any) -> None:
    """A row as one line of JSON; times in RFC 3339, UTC."""
    values: Mapping[str, Any] = asdict(row) if is_dataclass(row) and not isinstance(row, type) else row
    typer.echo(json.dumps(values, default=_plain, ensure_ascii=False, separators=(", ", ": ")))


def raw(content: bytes) -> None:
    """Bytes of the result, on stdout."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raises WrongUse when it cannot be written."""
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as error:
        raise WrongUse(f"cannot be written: {path}: {error.strerror}") from None


@contextmanager
def progress(what: str) -> Iterator[Advance]:
    """A bar on a terminal's stderr while something long goes on; silent elsewhere."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        task = bars.add_task(what, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")
