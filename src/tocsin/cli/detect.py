"""Look for bots in the lake, open cases, and prepare what to tell and to block.

Nothing is sent and nothing is blocked: notices and blocks wait in the outbox for a person's yes. Looking again at the
same telemetry changes nothing.
"""

from typing import Annotated

import typer

from tocsin.cli._output import fact, progress
from tocsin.cli._session import session
from tocsin.pipeline import DETECT, MERGE, RESPOND, Run, flow


def run(
    context: typer.Context,
    engine: Annotated[str, typer.Option(help="duckdb, or spark where one machine is not enough.")] = "duckdb",
) -> None:
    with session(context) as (workspace, ledger):
        for line in flow(Run(workspace, ledger, progress, engine=engine), (DETECT, MERGE, RESPOND)):
            fact(line)
