"""Write what was found for other tools: stix, nftables, xarf.

What the recipient may not have is left out, and counted. Without --to the recipient is your own organisation.
"""

from pathlib import Path
from typing import Annotated

import typer

from tocsin.cli._output import raw, say, write_file
from tocsin.cli._session import session
from tocsin.respond import export
from tocsin.wording import many


def run(
    context: typer.Context,
    format: Annotated[str, typer.Argument(help="Format to write.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write; else stdout.")] = None,
    to: Annotated[str | None, typer.Option(help="Recipient: a party, members or public.")] = None,
) -> None:
    with session(context) as (workspace, ledger):
        exported = export(workspace, ledger, format, to)
    if output is None:
        raw(exported.content)
    else:
        write_file(output, exported.content)
    say(f"{many(exported.cases, 'case')}, {many(exported.findings, 'finding')}" + (f" in {output}" if output else ""))
    if exported.refused:
        say(f"left out: {len(exported.refused)}: {exported.refused[0]}")
