"""List cases: whose problem it is, who must act, and where it stands. The most urgent come first."""

from typing import Annotated

import typer

from tocsin.access import shown
from tocsin.cases import case_document, cases
from tocsin.cli._output import fact, json_line
from tocsin.cli._session import session
from tocsin.records import TITLES, story
from tocsin.wording import moment


def run(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on stdout.")] = False
) -> None:
    with session(context) as (workspace, ledger), ledger.look() as connection:
        allowed = shown(workspace, cases(connection))
        for case in allowed:
            if as_json:
                json_line(case_document(connection, case))
                continue
            responsible = case.responsible["party"] or "nobody known"
            title = TITLES[story(case.behaviours)]
            fact(f"{case.id}  {case.subject['value']}  {case.state}  {title}: {', '.join(case.behaviours)}")
            fact(f"    responsible: {responsible}: {case.responsible['how']}")
            fact(f"    first seen {moment(case.opened)}, last seen {moment(case.last_seen)}")
    if not allowed and not as_json:
        fact("no cases yet: 'tocsin detect' opens them")
