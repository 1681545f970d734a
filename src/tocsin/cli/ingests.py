"""List what was read: when, from where, by which reader and sensor, and the ids that 'tocsin undo' takes."""

from dataclasses import asdict
from typing import Annotated

import typer

from tocsin.access import shown
from tocsin.cli._output import fact, json_line
from tocsin.cli._session import session
from tocsin.store.ingests import listed
from tocsin.wording import many, moment, number


def run(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on stdout.")] = False
) -> None:
    with session(context) as (workspace, ledger), ledger.look() as connection:
        found = listed(connection)
        allowed = {ingest.id for ingest in shown(workspace, [each.ingest for each in found])}
    for each in found:
        ingest = each.ingest
        if ingest.id not in allowed:
            continue
        if as_json:
            json_line({**asdict(ingest), "days": [day.isoformat() for day in each.days]})
            continue
        days = f"{each.days[0]} to {each.days[-1]}" if each.days else "no day"
        fact(f"{ingest.id}  {ingest.path}")
        fact(f"    read {moment(ingest.time)} by {ingest.format}, sensor {ingest.sensor}")
        fact(f"    {many(ingest.rows, 'row')}, {number(ingest.quarantined)} quarantined; {days}")
    if not found and not as_json:
        fact("nothing was read yet: 'tocsin ingest PATH' does it")
