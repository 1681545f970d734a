"""Check the workspace: settings, ledger, lake, outbox. Says what is wrong and what to do."""

import typer

from tocsin.cli._output import fact
from tocsin.cli._session import session
from tocsin.store.checks import checks


def run(context: typer.Context) -> None:
    with session(context) as (workspace, ledger):
        found = list(checks(workspace, ledger))
    for check in found:
        fact(f"{'ok' if check.passed else 'CHECK'}  {check.text}")
    raise typer.Exit(int(not all(check.passed for check in found)))
