"""Take an ingest back, as if its file had never been read.

Its rows, coverage and quarantined lines go, and with them the findings and cases that rested on nothing else; what is
left of its days is looked at again. Cases on which somebody has acted, and notices that were sent, stay: what they
rested on no longer holds, and their history says so. So do measures and status reports, which say what was known.
"""

from typing import Annotated

import typer

from tocsin.cli._output import fact, progress
from tocsin.cli._session import session
from tocsin.pipeline import Run, undone


def run(
    context: typer.Context,
    ingest: Annotated[str, typer.Argument(help="Its id, the beginning of its id, or the path that was read.")],
    engine: Annotated[str, typer.Option(help="duckdb, or spark where one machine is not enough.")] = "duckdb",
) -> None:
    with session(context) as (workspace, ledger):
        for line in undone(Run(workspace, ledger, progress, engine=engine), ingest):
            fact(line)
