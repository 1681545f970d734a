"""Make a workspace for the party that runs it.

A workspace is one folder: settings, lake, ledger and outbox. The networks are those that the party is responsible
for: what happens in them is looked at, what happens elsewhere is not.
"""

from pathlib import Path
from typing import Annotated

import typer

from tocsin.cli._input import listed
from tocsin.cli._output import command, fact
from tocsin.parties.directory import OPERATOR
from tocsin.parties.enrol import Entry
from tocsin.pipeline import found
from tocsin.workspace import chosen_folder


def run(
    context: typer.Context,
    party: Annotated[str, typer.Option(help="Short name of your organisation: small letters, digits, hyphens.")],
    folder: Annotated[Path | None, typer.Argument(help="Folder to make it in.")] = None,
    name: Annotated[str, typer.Option(help="Name of your organisation as it writes it.")] = "",
    networks: Annotated[str, typer.Option(help="Your networks as CIDR, separated by commas.")] = "",
    abuse: Annotated[str, typer.Option(help="Mail address of your abuse desk.")] = "",
    subscribers: Annotated[int | None, typer.Option(help="Active subscriber lines today, if you count them.")] = None,
    marking: Annotated[str, typer.Option(help="TLP 2.0 label of what is found here.")] = "TLP:AMBER",
) -> None:
    chosen = chosen_folder(folder or context.find_root().obj)
    found(
        chosen,
        Entry(id=party, role=OPERATOR, name=name, networks=listed(networks), abuse=abuse, subscribers=subscribers),
        marking,
    )
    fact(f"workspace made: {chosen}")
    if networks:
        fact(f"next: {command()} --workspace {chosen} ingest PATH")
    else:
        fact(f"next, tell your networks: {command()} --workspace {chosen} party add {party} --networks CIDR,CIDR")
