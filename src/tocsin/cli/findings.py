"""List what was found: one behaviour of one subject on one day, with the numbers that decided."""

from typing import Annotated

import typer

from tocsin.access import shown
from tocsin.cli._output import fact, json_line
from tocsin.cli._session import session
from tocsin.records import Finding
from tocsin.store.ledger import read


def run(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on stdout.")] = False,
    suppressed: Annotated[bool, typer.Option("--all", help="Also those that a rule hides.")] = False,
) -> None:
    with session(context) as (workspace, ledger), ledger.look() as connection:
        found = [f for f in shown(workspace, read(connection, Finding)) if suppressed or f.suppressed_by is None]
    for finding in sorted(found, key=lambda f: (f.day, f.subject["value"], f.behaviour)):
        if as_json:
            json_line(finding)
        else:
            fact(f"{finding.day}  {finding.subject['value']}  {finding.behaviour}  {finding.confidence} %")
            fact(f"    {finding.explanation}")
    if not found and not as_json:
        fact("nothing found: 'tocsin detect' looks")
