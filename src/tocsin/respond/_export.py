"""Exports: what a recipient may have, in a format that it reads."""

from dataclasses import dataclass

from tocsin.access import EXPORT, MEMBERS, PUBLIC
from tocsin.errors import WrongUse
from tocsin.records import Case, Party
from tocsin.respond._gather import gather
from tocsin.store.ledger import Ledger, one, read
from tocsin.units import units
from tocsin.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Exported:
    """An export: its bytes, how many cases and findings it rests on, and a line for each row that was refused."""

    content: bytes
    cases: int
    findings: int
    refused: tuple[str, ...]


def export(workspace: Workspace, ledger: Ledger, name: str, recipient: str | None = None) -> Exported:
    """Write what ``recipient`` may have in the format ``name``: a party (by default the operator), members or public.

    Cases that proved false are left out. Raises WrongUse for an unknown format or party, and when nothing is left of
    what there is.
    """
    formats = units("tocsin.formats")
    if name not in formats:
        raise WrongUse(f"no such format: {name}: choose one of {', '.join(formats)}")
    recipient = recipient or workspace.party
    with ledger.look() as connection:
        if recipient not in (MEMBERS, PUBLIC) and one(connection, Party, id=recipient) is None:
            raise WrongUse(f"no such party: {recipient}: 'tocsin party list' has those that there are")
        cases = [case for case in read(connection, Case) if case.state != "false_positive"]
        gathered = gather(connection, workspace, recipient, EXPORT, cases)
    if gathered.refused and not gathered.export.cases:
        raise WrongUse(f"nothing may go to {recipient}: {len(gathered.refused)} refused: {gathered.refused[0]}")
    content = formats[name].load().write(gathered.export)
    return Exported(content, len(gathered.export.cases), len(gathered.export.findings), gathered.refused)
