"""List what was found: one behaviour of one subject on one day, with the numbers that decided."""

from collections.abc import Sequence
from typing import Annotated

import typer

from tocsin.access import shown
from tocsin.cli._output import fact, json_line
from tocsin.cli._session import session
from tocsin.records import Finding, finding_document
from tocsin.store.ledger import read
from tocsin.wording import many


def run(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on stdout.")] = False,
    suppressed: Annotated[bool, typer.Option("--all", help="Also those that a rule hides.")] = False,
) -> None:
    with session(context) as (workspace, ledger), ledger.look() as connection:
        allowed = shown(workspace, read(connection, Finding))
    found = [finding for finding in allowed if suppressed or finding.suppressed_by is None]
    for finding in sorted(found, key=lambda f: (f.day, f.subject["value"], f.behaviour)):
        if as_json:
            json_line(finding_document(finding))
        else:
            rule = f"  hidden by rule {finding.suppressed_by}" if finding.suppressed_by else ""
            fact(f"{finding.day}  {finding.subject['value']}  {finding.behaviour}  {finding.confidence} %{rule}")
            fact(f"    {finding.explanation}")
    if not as_json:
        _close(allowed, suppressed)


def _close(allowed: Sequence[Finding], suppressed: bool) -> None:
    """What the list does not show."""
    if not allowed:
        fact("nothing found: 'tocsin detect' looks")
    hidden = sum(finding.suppressed_by is not None for finding in allowed)
    if hidden and not suppressed:
        fact(f"{many(hidden, 'finding')} hidden by rules: --all shows them, 'tocsin rule list' says why")
