"""Enter, list or take out parties: who takes part, what they hold, how many they serve."""

from dataclasses import replace
from typing import Annotated

import typer

from tocsin.access import shown
from tocsin.cli._input import day, listed
from tocsin.cli._output import fact, json_line
from tocsin.cli._session import session
from tocsin.errors import WrongUse
from tocsin.parties.directory import OPERATOR, contact, directory, subscribers
from tocsin.parties.enrol import Entry, enrol
from tocsin.records import Party
from tocsin.store.ledger import one, put, read


def add(
    context: typer.Context,
    party: Annotated[str, typer.Argument(help="Short name: small letters, digits, hyphens.")],
    name: Annotated[str, typer.Option(help="Name as the party writes it.")] = "",
    networks: Annotated[str, typer.Option(help="Its networks as CIDR, separated by commas.")] = "",
    abuse: Annotated[str, typer.Option(help="Mail address of its abuse desk.")] = "",
    sector: Annotated[str, typer.Option(help="Sector of the economy, such as communications.")] = "",
    segments: Annotated[str, typer.Option(help="Segments of the practice guides, separated by commas.")] = "",
    country: Annotated[str, typer.Option(help="Country, ISO 3166-1, two letters.")] = "",
    subscribers: Annotated[int | None, typer.Option(help="Active subscriber lines: the denominator of rates.")] = None,
    since: Annotated[str, typer.Option(help="Day from which this holds; today unless given.")] = "",
) -> None:
    """Enter a party, or add to what is known of it."""
    entry = Entry(
        id=party,
        name=name,
        networks=listed(networks),
        abuse=abuse,
        sector=sector or None,
        segments=listed(segments),
        country=country or None,
        subscribers=subscribers,
        since=day(since) if since else None,
    )
    with session(context) as (workspace, ledger), ledger.write() as connection:
        enrol(connection, workspace, entry)
    fact(f"party entered: {party}")


def show(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on stdout.")] = False
) -> None:
    """List the parties with their networks, contacts and newest counts."""
    with session(context) as (workspace, ledger), ledger.look() as connection:
        today = workspace.now().date()
        known = directory(connection, today)
        for party in shown(workspace, read(connection, Party)):
            count = subscribers(connection, party.id, today)
            abuse = contact(connection, party.id, "abuse")
            networks = known.prefixes_of([party.id])
            if as_json:
                extra = {
                    "networks": networks,
                    "abuse": abuse and abuse.address,
                    "subscribers": count and count.subscribers,
                }
                json_line({**_values(party), **extra})
                continue
            lines = f"{count.subscribers} subscribers on {count.day}" if count else "subscribers not known"
            fact(f"{party.id}  {party.name}  {party.role}  {', '.join(networks) or 'no networks'}  {lines}")


def remove(context: typer.Context, party: Annotated[str, typer.Argument(help="Short name.")]) -> None:
    """Let a party leave, as of today. What it took part in stays."""
    with session(context) as (workspace, ledger), ledger.write() as connection:
        found = one(connection, Party, id=party)
        if found is None:
            raise WrongUse(f"no such party: {party}: 'tocsin party list' shows all")
        if found.role == OPERATOR:
            raise WrongUse(f"the operator party cannot leave its own workspace: {party}")
        put(connection, [replace(found, left=workspace.now().date())])
    fact(f"party left: {party}")


def _values(party: Party) -> dict[str, object]:
    return {
        name: getattr(party, name) for name in ("id", "name", "role", "sector", "segments", "country", "joined", "left")
    }


VERBS = {"add": add, "list": show, "remove": remove}
