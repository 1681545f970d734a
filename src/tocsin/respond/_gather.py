"""What a recipient may have: the rows of the ledger to which the decision in ``access`` says yes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import sqlalchemy as sa

from tocsin.access import Decision, decide, fellows, local, strictest, without_victims
from tocsin.formats import Export
from tocsin.parties.directory import contact, operator
from tocsin.records import Case, Finding, Mitigation, table_name
from tocsin.store.ledger import read
from tocsin.workspace import Workspace

ENDED = "ended"

Row = TypeVar("Row", Case, Finding, Mitigation)
Ask = Callable[[Case, Case | Finding | Mitigation], Decision]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What may be written, and for each row that may not, one line that says why."""

    export: Export
    refused: tuple[str, ...]


def gather(
    connection: sa.Connection, workspace: Workspace, recipient: str, purpose: str, cases: Iterable[Case]
) -> Gathered:
    """Cases, their findings and mitigations, as far as ``recipient`` may have them for ``purpose``.

    Findings that a rule hides are left out, and so are cases that have no others. Of attacked parties another
    recipient than the owner learns the network only. Subjects are named only where it may know those of all cases.
    """
    ask, refused = _asker(connection, workspace, recipient, purpose), list[str]()
    shown = {finding.id: finding for finding in read(connection, Finding, suppressed_by=None)}
    findings: dict[str, list[Finding]] = {}
    kept: list[Case] = []
    for case in _passed(ask, refused, ((case, case) for case in cases)):
        found = _passed(ask, refused, ((case, shown[name]) for name in case.findings if name in shown))
        if found:
            findings[case.id] = [row if row.party == recipient else without_victims(row) for row in found]
            kept.append(case)
    by_id = {case.id: case for case in kept}
    mitigations = [row for row in current_mitigations(connection, workspace) if row.case in by_id]
    mitigations = _passed(ask, refused, ((by_id[row.case], row) for row in mitigations))
    flat = [finding for case in kept for finding in findings[case.id]]
    markings = [row.marking for row in (*kept, *flat, *mitigations)]
    party = operator(connection)
    abuse = contact(connection, party.id, "abuse")
    export = Export(
        operator=party,
        contact=abuse.address if abuse else None,
        marking=strictest(markings or [workspace.settings.marking]),
        cases=tuple(kept),
        findings=tuple(flat),
        mitigations=tuple(mitigations),
        subjects=all(ask(case, case).subjects for case in kept),
    )
    return Gathered(export, tuple(refused))


def current_mitigations(connection: sa.Connection, workspace: Workspace) -> list[Mitigation]:
    """Mitigations that are proposed or active and whose time is not over."""
    return [row for row in read(connection, Mitigation) if row.state != ENDED and row.until > workspace.now()]


def _asker(connection: sa.Connection, workspace: Workspace, recipient: str, purpose: str) -> Ask:
    """The decision on a row that belongs to a case, with all that does not differ from row to row filled in."""
    principal, today = local(workspace), workspace.now().date()
    community = cache(lambda owner: fellows(connection, owner, today))

    def ask(case: Case, row: Case | Finding | Mitigation) -> Decision:
        return decide(
            principal,
            recipient,
            marking=row.marking,
            owner=row.party,
            purpose=purpose,
            responsible=case.responsible["party"],
            community=community(row.party),
        )

    return ask


def _passed(ask: Ask, refused: list[str], rows: Iterable[tuple[Case, Row]]) -> list[Row]:
    """The rows that may be had; about each of the others a line is added to ``refused``."""
    passed = []
    for case, row in rows:
        decision = ask(case, row)
        if decision.allowed:
            passed.append(row)
        else:
            refused.append(f"{table_name(type(row))} {row.id}: {decision.reason}")
    return passed
