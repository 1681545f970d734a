"""Write the status report: where the road map stands, what was found, who must act, how sure that is.

The figures are those of the last 'tocsin measures'. HTML, PDF and JSON hold the same.
"""

from pathlib import Path
from typing import Annotated

import typer

from tocsin.cli._input import end_of
from tocsin.cli._output import fact, progress
from tocsin.cli._report import write_report
from tocsin.cli._session import session


def run(
    context: typer.Context,
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write: .html, .pdf or .json.")],
    as_of: Annotated[str, typer.Option(help="Day or moment that it speaks of; now unless given.")] = "",
    audience: Annotated[str, typer.Option(help="public, members or a party; your own unless given.")] = "",
    edition: Annotated[str, typer.Option(help="Name of the edition; its day unless given.")] = "",
) -> None:
    with session(context) as (workspace, ledger), progress(f"Writing {output.name}"):
        write_report(
            workspace,
            ledger,
            output,
            as_of=end_of(as_of) if as_of else None,
            audience=audience or None,
            edition=edition or None,
        )
    fact(f"report written: {output}")
