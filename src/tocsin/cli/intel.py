"""Import lists of indicators, addresses and names that others call harmful, and see how old they are.

A list has one address, network, name, URL, JA3 or JA4 fingerprint or certificate hash a line; an archive (tar) has
many such lists, whose names are families of malware. Importing a list again replaces it. 'tocsin detect' then tells who
had contact with what is listed.
"""

from pathlib import Path
from typing import Annotated

import typer

from tocsin.access import shown
from tocsin.cli._input import day
from tocsin.cli._output import fact, json_line, progress, say
from tocsin.cli._session import session
from tocsin.detect import Imported, Options, import_lists
from tocsin.records import Indicator, IndicatorList
from tocsin.store.ledger import read
from tocsin.wording import many, number


def import_(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="Lists, plain or packed, and archives of lists.")],
    source: Annotated[str, typer.Option(help="Name of the list; that of the file unless given.")] = "",
    kind: Annotated[str, typer.Option(help="Kind of all entries; told by each entry unless given.")] = "",
    confidence: Annotated[int | None, typer.Option(help="How sure the list is, 0 to 100; 50 unless given.")] = None,
    valid_until: Annotated[str, typer.Option(help="Last day on which it holds; open unless given.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on stdout, one a list.")] = False,
) -> None:
    """Import lists; what a list no longer has goes."""
    options = Options(kind or None, confidence, day(valid_until) if valid_until else None)
    with session(context) as (workspace, ledger), progress("Importing indicators") as advance:
        imported = import_lists(
            workspace, ledger, files, options, source=source, progress=lambda lines: advance(lines, max(lines, 1))
        )
    for each in imported:
        if as_json:
            json_line({"list": each.list.id, "added": each.added, "removed": each.removed, **_values(each.list)})
        else:
            _tell(each)


def status(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on stdout.")] = False
) -> None:
    """Show each list: how many indicators of which kind, how old it is, when it ends."""
    with session(context) as (workspace, ledger), ledger.look() as connection:
        known = shown(workspace, read(connection, IndicatorList))
        shared = shown(workspace, read(connection, Indicator))
        now = workspace.now()
    for list_ in known:
        age = (now - list_.imported).days
        expired = list_.until is not None and list_.until < now.date()
        if as_json:
            json_line({"list": list_.id, "age_days": age, "expired": expired, **_values(list_)})
            continue
        ends = f"expired on {list_.until}" if expired else f"until {list_.until}" if list_.until else "open"
        fact(f"{list_.id}  {many(list_.indicators, 'indicator')}: {_counts(list_.kinds)}")
        fact(f"    imported {list_.imported:%Y-%m-%d}, {many(age, 'day')} ago; {ends}; confidence {list_.confidence}")
        if list_.refused:
            fact(f"    not taken: {_counts(list_.refused)}")
    if as_json:
        return
    if shared:
        fact(f"shared by partners  {many(len(shared), 'indicator')}")
    elif not known:
        fact("no lists yet: 'tocsin intel import FILE' reads one")


def _tell(each: Imported) -> None:
    list_ = each.list
    fact(
        f"{list_.id}: {many(list_.indicators, 'indicator')}: {number(each.added)} new, {number(each.removed)} gone: "
        f"{_counts(list_.kinds) or 'none'}"
    )
    if list_.refused:
        say(f"not taken: {_counts(list_.refused)}")


def _counts(counts: dict[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{number(count)} {what}" for what, count in ordered)


def _values(list_: IndicatorList) -> dict[str, object]:
    names = ("indicators", "kinds", "refused", "confidence", "until", "first", "imported")
    return {name: getattr(list_, name) for name in names}


VERBS = {"import": import_, "status": status}
