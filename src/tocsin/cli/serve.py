"""Serve the page with the report's figures and pictures on this machine."""

from typing import Annotated

import typer

from tocsin.web import serve
from tocsin.workspace import chosen_folder, open_workspace


def run(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 8000,
) -> None:
    serve(open_workspace(chosen_folder(context.find_root().obj)), port=port)
