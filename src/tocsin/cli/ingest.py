"""Read telemetry into the lake: files and folders, as your sensors wrote them.

The format is found by content; .gz, .xz, .zst and .bz2 are unpacked. What was read before is not read again, so the
same command can be repeated, and goes on where it was stopped. Rows that cannot be read are counted and kept aside.
A log that is still being written is another file each time, so that its first rows would come twice: read logs after
rotation.
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
    paths: Annotated[list[Path], typer.Argument(help="Files and folders.")],
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
                _tell(file)
                for row in read(connection, Quarantine, ingest=file.ingest)[:REASONS_SHOWN] if file.ingest else ():
                    say(f"    line {row.line}: {row.reason}")
    if not as_json:
        when = f", {span(summary.first, summary.last)}" if summary.first and summary.last else ""
        fact(f"{number(summary.rows)} rows read, {number(summary.quarantined)} quarantined{when}")
    raise typer.Exit(summary.exit_code)


def _tell(file: FileResult) -> None:
    """A line about a file that was not simply read."""
    if file.state is State.READ and not file.note and not file.quarantined:
        return
    rows = (
        f": {number(file.rows)} rows kept, {number(file.quarantined)} quarantined" if file.state is State.READ else ""
    )
    note = f": {file.note}" if file.note else ""
    say(f"{file.state.value}: {file.path}{note}{rows}")
