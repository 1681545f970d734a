"""The outbox: what waits for a person's yes before it leaves. Nothing here sends anything."""

import hashlib
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from tocsin.records import Outbox, record_id
from tocsin.store.ledger import one, put, read
from tocsin.workspace import Workspace

AWAITING = "awaiting_approval"
WITHDRAWN = "withdrawn"


def place(
    connection: sa.Connection,
    workspace: Workspace,
    content: bytes,
    *,
    kind: str,
    name: str,
    recipient: str,
    address: str | None,
    marking: str,
    source: str,
) -> Outbox:
    """Put ``content`` into the outbox as ``name``, awaiting approval. What was approved already stays as it is."""
    entry = Outbox(
        party=workspace.party,
        marking=marking,
        source=source,
        id=record_id("outbox", workspace.party, kind, name, recipient),
        kind=kind,
        recipient=recipient,
        address=address,
        path=name,
        digest=hashlib.sha256(content).hexdigest(),
        state=AWAITING,
        written=workspace.now(),
    )
    before = one(connection, Outbox, id=entry.id)
    path = workspace.outbox / name
    if before is not None and (before.state not in (AWAITING, WITHDRAWN) or _stands(before, entry, path, content)):
        return before
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(content)
    partial.replace(path)
    put(connection, [entry])
    return entry


def withdraw(connection: sa.Connection, workspace: Workspace, source: str, keep: Collection[str]) -> list[Outbox]:
    """Withdraw what ``source`` placed and nobody approved yet, except the entries with ids in ``keep``.

    The files go too, lest somebody loads or sends what no longer holds; ``place`` would write them again.
    """
    waiting = read(connection, Outbox, source=source, state=AWAITING)
    withdrawn = [replace(entry, state=WITHDRAWN) for entry in waiting if entry.id not in keep]
    put(connection, withdrawn)
    for entry in withdrawn:
        (workspace.outbox / entry.path).unlink(missing_ok=True)
    return withdrawn


def _stands(before: Outbox, entry: Outbox, path: Path, content: bytes) -> bool:
    """Whether ledger and file hold this entry; the file may not, after a transaction that was undone."""
    return replace(entry, written=before.written) == before and path.is_file() and path.read_bytes() == content
