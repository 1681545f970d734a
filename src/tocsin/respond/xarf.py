"""Notices to responsible parties, as XARF reports.

Does: for each open case whose responsible party is known, writes a XARF report for that party and puts it into the
    outbox, where it waits for a person's yes. The case stays open: nobody was told yet. While a report waits, it
    follows the evidence; a report that no longer holds (the case is over, another party is responsible, a rule or
    marking forbids it) is withdrawn. What was approved or sent is left alone.

Needs: the operator party's abuse contact. Without one of the recipient, the report waits without an address.

Undo: refuse the approval; close the case as false positive; hide its findings by a rule.

Learn more: formats/xarf; RFC 6650 on how abuse reports travel; RFC 6561 on what a provider does with them.
"""

import sqlalchemy as sa

from tocsin.access import NOTIFY
from tocsin.errors import WrongUse
from tocsin.formats import Export
from tocsin.formats.xarf import tells_of_a_bot, write
from tocsin.parties.directory import contact
from tocsin.records import Case, CaseEvent, Notice, Outbox, record_id, story
from tocsin.respond._gather import gather
from tocsin.respond._run import Outcome
from tocsin.store.ledger import one, put, read, remove
from tocsin.store.outbox import AWAITING, place, withdraw
from tocsin.workspace import Workspace

KIND = "xarf"
SOURCE = "respond/xarf"


def act(workspace: Workspace, connection: sa.Connection) -> Outcome:
    """Place the notices that open cases ask for, and withdraw those that no case asks for any more."""
    placed: list[Outbox] = []
    refused: list[str] = []
    for case in read(connection, Case, state="open"):
        recipient = case.responsible["party"]
        if recipient is None:
            refused.append(f"case {case.id}: nobody to tell: {case.responsible['how']}")
            continue
        gathered = gather(connection, workspace, recipient, NOTIFY, [case])
        refused += gathered.refused
        if gathered.export.cases and not tells_of_a_bot(gathered.export.findings):
            refused.append(f"case {case.id}: {_not_told(gathered.export)}")
            continue
        before = one(connection, Notice, id=_id(connection, case, recipient))
        if gathered.export.cases and (before is None or before.state == AWAITING):
            try:
                placed.append(_notify(connection, workspace, recipient, gathered.export))
            except WrongUse as error:
                refused.append(f"case {case.id}: {error}")
    withdrawn = withdraw(connection, workspace, SOURCE, keep={entry.id for entry in placed})
    for entry in withdrawn:
        remove(connection, Notice, outbox=entry.id)
    waiting = sum(entry.state == AWAITING for entry in placed)
    return Outcome(KIND, waiting, len(withdrawn), tuple(refused))


def _not_told(export: Export) -> str:
    """Why no report is written of a case that shows no bot."""
    if story(finding.behaviour for finding in export.findings) == "infected":
        return "scans alone may be a person's: look at it first, then tell by hand"
    return "nothing shows that the device itself does harm, and the report would say botnet: tell by hand"


def _notify(connection: sa.Connection, workspace: Workspace, recipient: str, export: Export) -> Outbox:
    """Place the report of one case, and note that its notice waits."""
    (case,) = export.cases
    abuse = contact(connection, recipient, "abuse")
    entry = place(
        connection,
        workspace,
        write(export),
        kind="notice",
        name=f"notices/{_id(connection, case, recipient)}.json",
        recipient=recipient,
        address=abuse.address if abuse else None,
        marking=export.marking,
        source=SOURCE,
    )
    notice = Notice(
        party=workspace.party,
        marking=entry.marking,
        source=SOURCE,
        id=_id(connection, case, recipient),
        case=case.id,
        kind=KIND,
        recipient=recipient,
        address=entry.address,
        state=AWAITING,
        outbox=entry.id,
        written=entry.written,
        sent=None,
    )
    put(connection, [notice])
    return entry


def _id(connection: sa.Connection, case: Case, recipient: str) -> str:
    """Id of the notice to a party; a case that was reopened asks for another."""
    relapses = len(read(connection, CaseEvent, case=case.id, event="reopen"))
    return record_id("notice", case.id, KIND, recipient, *([str(relapses)] if relapses else []))
