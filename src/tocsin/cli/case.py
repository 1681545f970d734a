"""Look at one case, or say what happened to it. A case is named by its id or the beginning of it."""

from typing import Annotated

import typer

from tocsin.access import VIEW, local, require
from tocsin.cases import case_document, happen
from tocsin.cli._output import fact, json_line
from tocsin.cli._session import session
from tocsin.errors import WrongUse
from tocsin.records import TITLES, Case, Finding, Notice
from tocsin.store.ledger import Ledger, one, read
from tocsin.wording import moment
from tocsin.workspace import Workspace

Id = Annotated[str, typer.Argument(help="Id of the case, or its beginning.")]
Note = Annotated[str, typer.Option(help="What was said or done, for the history.")]


def show(
    context: typer.Context,
    case: Id,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on stdout.")] = False,
) -> None:
    """Show a case: what was found, who must act, what was told, what happened."""
    with session(context) as (workspace, ledger), ledger.look() as connection:
        found = _named(workspace, ledger, case)
        document = case_document(connection, found)
        findings = [f for f in read(connection, Finding) if f.id in found.findings]
        notices = [one(connection, Notice, id=name) for name in document["notices"]]
    if as_json:
        json_line(document)
        return
    title = TITLES[document["story"]]
    state = found.state.replace("_", " ")
    fact(f"case {found.id}: {found.subject['kind']} {found.subject['value']}, {title}, {state}")
    fact(f"responsible: {found.responsible['party'] or 'nobody known'}: {found.responsible['how']}")
    for finding in sorted(findings, key=lambda f: (f.day, f.behaviour)):
        fact(f"{finding.day}  {finding.behaviour}  {finding.confidence}%  {finding.explanation}")
    for notice in filter(None, notices):
        fact(f"notice ({notice.kind}) to {notice.recipient}: {notice.state.replace('_', ' ')}")
    for event in document["history"]:
        note = f": {event['note']}" if event["note"] else ""
        fact(f"{moment(event['time'])}  {event['event']}  by {event['actor']}{note}")


def ack(context: typer.Context, case: Id, note: Note = "") -> None:
    """The responsible party has seen it."""
    _happen(context, case, "acknowledge", note)


def claim(context: typer.Context, case: Id, note: Note = "") -> None:
    """The responsible party says that it is clean."""
    _happen(context, case, "claim", note)


def close(
    context: typer.Context,
    case: Id,
    false_positive: Annotated[bool, typer.Option("--false-positive", help="It was no infection.")] = False,
    referred: Annotated[bool, typer.Option("--referred", help="Somebody else takes it on.")] = False,
    note: Note = "",
) -> None:
    """End a case that proved false or that was passed on. Verified clean is found, never said."""
    if false_positive == referred:
        raise WrongUse("say how the case ends: --false-positive or --referred")
    _happen(context, case, "dismiss" if false_positive else "refer", note)


def _happen(context: typer.Context, name: str, event: str, note: str) -> None:
    with session(context) as (workspace, ledger):
        case = _named(workspace, ledger, name)
        with ledger.write() as connection:
            after = happen(connection, workspace, case, event, local(workspace).name, note or None)
    fact(f"case {after.id}: {after.state.replace('_', ' ')}")


def _named(workspace: Workspace, ledger: Ledger, name: str) -> Case:
    with ledger.look() as connection:
        found = [case for case in read(connection, Case) if case.id.startswith(name)]
    if len(found) != 1:
        what = "no case" if not found else f"{len(found)} cases"
        raise WrongUse(f"{what} named {name}: 'tocsin cases' lists them")
    asker = local(workspace)
    require(asker, asker.party, marking=found[0].marking, owner=found[0].party, purpose=VIEW)
    return found[0]


VERBS = {"show": show, "ack": ack, "claim": claim, "close": close}
