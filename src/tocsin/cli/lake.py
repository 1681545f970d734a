"""Look after the lake: what it holds, small files put together, old rows removed, one subscriber's rows erased.

In tocsin.toml, 'lake' names another place than the folder 'lake' of the workspace: a folder, or the URL of a filesystem
that PyArrow knows, as in lake = "s3://bucket/prefix?region=eu-central-1" (with endpoint_override=HOST:PORT for other
stores than Amazon's). Credentials come from the environment, as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; a URL that
holds some is named by env:NAME or file:PATH.

How long what is kept, and on which legal basis, is set by class: [retention.telemetry] with days = 7 unless set
otherwise, [retention.evidence] with days = 90 after the end of a case, [retention.history] with days = 21 for the daily
sums by which detection looks back, [retention.aggregates] for measures and [retention.editions] for status reports,
which are kept for ever unless days are set. Each has basis = "TEXT".
"""

from datetime import timedelta
from typing import Annotated

import typer

from tocsin.cli._input import address, end_of, start_of
from tocsin.cli._output import fact, json_line, progress, say
from tocsin.cli._session import session
from tocsin.errors import WrongUse
from tocsin.pipeline import expired
from tocsin.records import Removal
from tocsin.store.compaction import GRACE, compact
from tocsin.store.erasure import erase_address, erase_subscriber
from tocsin.store.holdings import holdings
from tocsin.wording import many, number

JSON = Annotated[bool, typer.Option("--json", help="JSON Lines on stdout.")]
MOMENT = timedelta(microseconds=1)


def status(context: typer.Context, as_json: JSON = False) -> None:
    """Say what the lake holds, table by table, and what compact and expire would find to do."""
    with session(context) as (workspace, ledger), ledger.look() as connection:
        found = holdings(connection, workspace)
    for table in found.tables:
        if as_json:
            json_line(table)
            continue
        fact(
            f"{table.telemetry}  {many(table.rows, 'row')} in {many(table.files, 'file')}, {number(table.bytes)} bytes"
        )
        fact(f"    {many(table.days, 'day')}, {table.oldest} to {table.newest}; past their time: {table.past_days}")
        fact(f"    small files that 'tocsin lake compact' puts together: {number(table.small_share * 100)} %")
    if not found.tables and not as_json:
        fact("the lake is empty: read telemetry with 'tocsin ingest PATH'")
    for text, count in (("belong to no ingest", len(found.strays)), ("wait to be removed", found.waiting)):
        if count:
            say(f"{many(count, 'file')} {text}")


def tidy(
    context: typer.Context,
    grace: Annotated[float, typer.Option(min=0, help="Minutes for which replaced files stay readable.")] = (
        GRACE.total_seconds() / 60
    ),
) -> None:
    """Put small files of one table and day together. Whoever reads them meanwhile goes on reading."""
    with session(context) as (workspace, ledger), progress("Putting files together") as advance:
        done = compact(workspace, ledger, timedelta(minutes=grace), advance)
    if done.before:
        fact(f"{many(done.before, 'file')} became {number(done.after)}, with {many(done.rows, 'row')}")
    else:
        fact("no file is to be put together")
    if done.swept:
        fact(f"{many(done.swept, 'replaced file')} removed")
    if done.overtaken:
        say(f"{many(done.overtaken, 'group')} of files changed meanwhile: left for the next time")


def expire(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    as_json: JSON = False,
) -> None:
    """Remove what is past the time for which its class is kept, and record how much went.

    Of a day that goes, the rows about subjects of cases stay as evidence, in a table beside it. Findings and cases lie
    in the ledger and stay.
    """
    with session(context) as (workspace, ledger), progress("Looking for what is past its time") as advance:
        done = expired(workspace, ledger, dry_run=dry_run, progress=advance)
    _tell(done.removals, as_json)
    if not as_json:
        fact(f"{many(done.rows, 'row')} {'would go' if dry_run else 'removed'}, {number(done.kept)} kept for cases")
        say("findings and cases stay in the ledger")


def erase(
    context: typer.Context,
    address_: Annotated[str, typer.Argument(metavar="[ADDRESS]", help="Address whose rows go.")] = "",
    subscriber: Annotated[str, typer.Option(help="Token of a subscriber in the lease table, instead.")] = "",
    since: Annotated[str, typer.Option("--from", help="First day or moment, UTC.")] = "",
    until: Annotated[str, typer.Option(help="Last day or moment, UTC.")] = "",
    as_json: JSON = False,
) -> None:
    """Erase the rows about one address, or about one subscriber by the leases that it held.

    Addresses change hands: say from when to when. Behind a shared address only the subscriber's block of ports goes,
    and rows without a port stay. What is remembered is how many rows went, not whose they were.
    """
    if bool(address_) == bool(subscriber):
        raise WrongUse("name an address, or a subscriber with --subscriber TOKEN, and not both")
    if not since or not until:
        raise WrongUse("an erasure needs its time: --from DAY --until DAY")
    first, last = start_of(since), end_of(until) + MOMENT
    with session(context) as (workspace, ledger):
        if subscriber:
            done = erase_subscriber(workspace, ledger, subscriber, first, last)
        else:
            done = erase_address(workspace, ledger, address(address_), first, last)
    _tell(done.removals, as_json)
    if not as_json:
        fact(f"{many(done.rows, 'row')} erased")
    say("only the lake was looked at: cases and what was exported stay: see 'tocsin cases'")
    say("the next 'tocsin detect' looks at these days again: findings that rested on the rows alone go then")


def _tell(removals: tuple[Removal, ...], as_json: bool) -> None:
    for removal in removals:
        if as_json:
            json_line(removal)
        else:
            what = f"{many(removal.rows, 'row')} of {many(removal.files, 'file')}"
            fact(f"{removal.telemetry}  {removal.day}  {what}: {removal.reason}")


VERBS = {"status": status, "compact": tidy, "expire": expire, "erase": erase}
