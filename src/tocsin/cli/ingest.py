"""Read telemetry into the lake: files, folders and patterns, as your sensors wrote them.

The format is found by content; .gz, .xz, .zst and .bz2 are unpacked. What was read before is not read again, under
whatever name and however packed, so the same command can be repeated, and goes on where it was stopped. A log that is
still being written is read up to its last whole line, and the next run goes on from there, also after rotation. Rows
that cannot be read, and those more than a day ahead of the clock, are counted and kept aside. 'tocsin watch' follows
folders on its own.
"""

from pathlib import Path
from typing import Annotated

import typer

from tocsin.cli._input import listed
from tocsin.cli._output import fact, json_line, progress, say
from tocsin.cli._session import session
from tocsin.records import Quarantine
from tocsin.store.ledger import read
from tocsin.telemetry import FileResult, State, ingest
from tocsin.wording import number, span

# As many reasons as fit a screen; the ledger has the rest.
REASONS_SHOWN = 5


def run(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="Files, folders, and patterns such as 'logs/**/conn.*'.")],
    format: Annotated[str, typer.Option(help="Name of the reader; found by content unless given.")] = "auto",
    sensor: Annotated[str | None, typer.Option(help="Name of the sensor that wrote them.")] = None,
    sampling: Annotated[
        int, typer.Option(min=1, help="The sensor looked at 1 packet in so many, where its records do not say.")
    ] = 1,
    networks: Annotated[str, typer.Option(help="Networks that it watches, as CIDR, separated by commas.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on stdout, one a file.")] = False,
) -> None:
    with session(context) as (workspace, ledger):
        with progress("Reading telemetry") as advance:
            summary = ingest(
                workspace,
                ledger,
                paths,
                sensor=sensor,
                sampling=sampling,
                networks=listed(networks),
                format=format,
                progress=advance,
            )
        with ledger.look() as connection:
            for file in summary.files:
                if as_json:
                    json_line(file)
                if line := tell(file):
                    say(line)
                for row in read(connection, Quarantine, ingest=file.ingest)[:REASONS_SHOWN] if file.ingest else ():
                    say(f"    {place(row.line)}: {row.reason}")
    if not as_json:
        when = f", {span(summary.first, summary.last)}" if summary.first and summary.last else ""
        fact(f"{number(summary.rows)} rows read, {number(summary.quarantined)} quarantined{when}")
    raise typer.Exit(summary.exit_code)


def tell(file: FileResult) -> str | None:
    """A line about a file that was not simply read; None when nothing is to be said."""
    is_read = file.state is State.READ
    if is_read and not (file.note or file.hint or file.left or file.quarantined):
        return None
    notes = [note for note in (file.note, file.hint) if note]
    if file.left:
        notes.append(f"{number(file.left)} bytes of a last line without an end are left for the next time")
    rows = f"{number(file.rows)} rows kept, {number(file.quarantined)} quarantined" if is_read else ""
    return ": ".join([file.state.value, file.path, *notes, *([rows] if rows else [])])


def place(line: int) -> str:
    """Where in a file something stands.

    >>> place(7), place(-7)
    ('line 7', 'row 7')
    """
    return f"line {line}" if line > 0 else f"row {-line}"
