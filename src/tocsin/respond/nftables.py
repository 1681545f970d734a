"""Blocks of command-and-control servers on the operator's own gateways, by nftables.

Does: proposes a block for each endpoint that commands the subject of a case that is not over, and puts one nftables
    file with all current blocks into the outbox, where it waits for a person's yes. Each block has the operator
    party as owner, a reason and an end. A proposal that no case asks for any more is ended, and a file that is
    overtaken is withdrawn.

Needs: endpoints with address, port, and TCP or UDP; a gateway that runs nftables.

Undo: before approval, refuse it or close the case as false positive; after it, ``nft delete table inet tocsin``. A
    block also ends by itself.

Parameters:
    BLOCK_DAYS: days that a block lasts. Long enough for an owner to clean a device, short enough that an address that
        has changed hands is not blocked for good; while the case goes on, it is proposed anew

Learn more: formats/nftables; RFC 6561 on the remediation of bots in the networks of providers.
"""

import hashlib
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from tocsin.access import EXPORT, strictest
from tocsin.formats import Export, c2_peers, endpoint, findings_of
from tocsin.formats.nftables import blockable, write
from tocsin.records import Case, Mitigation, Outbox, Peer, record_id
from tocsin.respond._gather import ENDED, current_mitigations, gather
from tocsin.respond._run import Outcome
from tocsin.store.ledger import put, read
from tocsin.store.outbox import AWAITING, place, withdraw
from tocsin.workspace import Workspace

KIND = "nftables"
SOURCE = "respond/nftables"
BLOCK_DAYS = 30
PROPOSED = "proposed"
OVER = frozenset({"verified_clean", "false_positive", "expired"})


def act(workspace: Workspace, connection: sa.Connection) -> Outcome:
    """Propose the blocks that cases ask for, end those that none asks for, and place the file of all that stand."""
    cases = [case for case in read(connection, Case) if case.state not in OVER]
    gathered = gather(connection, workspace, workspace.party, EXPORT, cases)
    wanted, unfit = _proposals(workspace, gathered.export)
    standing = {row.id: row for row in current_mitigations(connection, workspace) if row.kind == KIND}
    over = {name for name, row in standing.items() if row.state == PROPOSED and name not in wanted}
    put(connection, [row for name, row in wanted.items() if name not in standing])
    put(connection, [replace(standing[name], state=ENDED) for name in over])
    current = [row for name, row in {**wanted, **standing}.items() if name not in over]
    entry = _place(connection, workspace, replace(gathered.export, mitigations=tuple(current))) if current else None
    withdrawn = withdraw(connection, workspace, SOURCE, keep={entry.id} if entry else ())
    waiting = int(entry is not None and entry.state == AWAITING)
    return Outcome(KIND, waiting, len(withdrawn), (*gathered.refused, *unfit))


def _proposals(workspace: Workspace, export: Export) -> tuple[dict[str, Mitigation], list[str]]:
    """A block for each endpoint of each case, by id; and a line about each endpoint that cannot be blocked."""
    wanted, unfit = {}, []
    for case in export.cases:
        for peer in c2_peers(findings_of(export, case)):
            if blockable(peer):
                row = _proposal(workspace, case, peer, export)
                wanted[row.id] = row
            else:
                unfit.append(f"case {case.id}: {endpoint(peer)}: a block needs an address, TCP or UDP, and a port")
    return wanted, unfit


def _proposal(workspace: Workspace, case: Case, peer: Peer, export: Export) -> Mitigation:
    return Mitigation(
        party=workspace.party,
        marking=strictest([case.marking, *(finding.marking for finding in findings_of(export, case))]),
        source=SOURCE,
        id=record_id("mitigation", case.id, KIND, endpoint(peer)),
        case=case.id,
        kind=KIND,
        target=dict(peer),
        owner=workspace.party,
        reason="A device that behaves like a bot calls it.",
        state=PROPOSED,
        written=workspace.now(),
        until=workspace.now() + timedelta(days=BLOCK_DAYS),
    )


def _place(connection: sa.Connection, workspace: Workspace, export: Export) -> Outbox:
    """The name holds the content's digest: a yes is given to these blocks, not to later ones."""
    content = write(export)
    return place(
        connection,
        workspace,
        content,
        kind="mitigation",
        name=f"mitigations/{hashlib.sha256(content).hexdigest()[:16]}.nft",
        recipient=workspace.party,
        address=None,
        marking=strictest(row.marking for row in export.mitigations),
        source=SOURCE,
    )
