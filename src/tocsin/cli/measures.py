"""Compute the measures for a window up to now, and show them. A figure without a denominator is null, and says why."""

from typing import Annotated

import typer

from tocsin.cli._output import fact, json_line, progress
from tocsin.cli._session import session
from tocsin.pipeline import MEASURE, WINDOW_DAYS, Run, flow, measured


def run(
    context: typer.Context,
    days: Annotated[int, typer.Option(min=1, max=3660, help="Length of the window in days.")] = WINDOW_DAYS,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on stdout.")] = False,
) -> None:
    with session(context) as (workspace, ledger):
        chosen = Run(workspace, ledger, progress, days=days)
        lines = flow(chosen, (MEASURE,))
        if as_json:
            for figure in measured(chosen):
                json_line(figure)
        else:
            for line in lines:
                fact(line)
