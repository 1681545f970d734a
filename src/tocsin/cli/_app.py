"""Puts the verbs together. A verb's code is imported only when it is asked for: ``--help`` must be quick."""

import os
import sys
import traceback
from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import typer

from tocsin import __version__
from tocsin.errors import TocsinError
from tocsin.units import Unit, units

VERBS = "tocsin.cli"
INTERNAL = 70

FIRST_STEPS = """\
Tocsin finds the bots in a network's own records, tells who must act, and checks whether it helped.

  See it work on a real capture          tocsin demo
  Make a workspace for your network      tocsin init --party my-isp --networks 203.0.113.0/24
  Read what your sensors recorded        tocsin ingest /var/log/zeek/2026-03-01
  Find the bots in it                    tocsin detect
  See who must act, and write it down    tocsin cases; tocsin report -o report.pdf

All verbs: tocsin --help"""


def application(wanted: Collection[str] = ()) -> typer.Typer:
    """The command line, with the code of the ``wanted`` verbs; all others show only their summary."""
    app = typer.Typer(
        name="tocsin",
        add_completion=False,
        rich_markup_mode=None,
        invoke_without_command=True,
        pretty_exceptions_enable=False,
    )
    app.callback(help="The working system for a coalition that fights botnets.")(_begin)
    for name, unit in units(VERBS).items():
        if name in wanted:
            _add_verb(app, unit)
        else:
            app.command(name, help=unit.summary)(_not_loaded)
    return app


def main() -> None:
    """Run the command line; every error that is a user's to mend is one line on stderr."""
    try:
        application(sys.argv[1:])(prog_name="tocsin")
    except TocsinError as error:
        _fail(str(error), error.exit_code)
    except Exception as error:
        if "TOCSIN_DEBUG" in os.environ:
            traceback.print_exc()
        _fail(
            f"internal error: {type(error).__name__}: {error}: TOCSIN_DEBUG=1 shows where; please report it", INTERNAL
        )


def _begin(
    context: typer.Context,
    workspace: Annotated[
        Path | None, typer.Option(help="Folder of the workspace; else TOCSIN_WORKSPACE, else ./tocsin.")
    ] = None,
    version: Annotated[bool, typer.Option("--version", help="Show the version and stop.")] = False,
) -> None:
    context.obj = workspace
    if version:
        typer.echo(f"tocsin {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(FIRST_STEPS)


def _add_verb(app: typer.Typer, unit: Unit) -> None:
    """Add a verb: its ``run``, or the functions of its ``VERBS`` as ``NAME VERB``."""
    module = unit.load()
    if hasattr(module, "run"):
        app.command(unit.name, help=unit.documentation)(module.run)
        return
    group = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
    for verb, function in module.VERBS.items():
        group.command(verb)(function)
    app.add_typer(group, name=unit.name, help=unit.documentation)


def _not_loaded() -> None:
    """Stand-in for a verb that was not asked for."""


def _fail(line: str, code: int) -> None:
    sys.stdout.flush()
    sys.stderr.write(f"tocsin: {' '.join(line.split())}\n")
    sys.exit(code)
