"""The outbox holds what waits for a person's yes, once, and whole."""

from dataclasses import replace
from hashlib import sha256

import sqlalchemy as sa

from tocsin.records import Outbox
from tocsin.store.ledger import Ledger, put, read
from tocsin.store.outbox import AWAITING, WITHDRAWN, place, withdraw
from tocsin.workspace import Workspace


def _place(
    connection: sa.Connection, workspace: Workspace, content: bytes = b"text", name: str = "a/notice.json"
) -> Outbox:
    return place(
        connection,
        workspace,
        content,
        kind="notice",
        name=name,
        recipient="example-campus",
        address="abuse@campus.example.net",
        marking="TLP:AMBER",
        source="xarf",
    )


def test_what_is_placed_awaits_approval(ledger: Ledger, workspace: Workspace) -> None:
    with ledger.write() as connection:
        entry = _place(connection, workspace)
        assert read(connection, Outbox) == [entry]
    assert entry.state == AWAITING
    assert entry.digest == sha256(b"text").hexdigest()
    assert entry.written == workspace.now()
    assert (workspace.outbox / entry.path).read_bytes() == b"text"


def test_placing_the_same_again_changes_nothing(ledger: Ledger, workspace: Workspace) -> None:
    with ledger.write() as connection:
        first = _place(connection, workspace)
        assert _place(connection, workspace) == first
        assert read(connection, Outbox) == [first]


def test_new_content_replaces_what_nobody_approved(ledger: Ledger, workspace: Workspace) -> None:
    with ledger.write() as connection:
        first = _place(connection, workspace)
        second = _place(connection, workspace, b"newer")
        assert read(connection, Outbox) == [second]
    assert second.id == first.id
    assert (workspace.outbox / second.path).read_bytes() == b"newer"


def test_what_was_approved_stays_as_it_was_approved(ledger: Ledger, workspace: Workspace) -> None:
    with ledger.write() as connection:
        approved = replace(_place(connection, workspace), state="approved")
        put(connection, [approved])
        assert _place(connection, workspace, b"newer") == approved
        assert read(connection, Outbox) == [approved]
    assert (workspace.outbox / approved.path).read_bytes() == b"text"


def test_what_is_no_longer_wanted_is_withdrawn_and_may_come_back(ledger: Ledger, workspace: Workspace) -> None:
    with ledger.write() as connection:
        kept = _place(connection, workspace, name="kept")
        gone = _place(connection, workspace, name="gone")
        assert withdraw(connection, workspace, "another", keep=[]) == []
        assert (workspace.outbox / gone.path).exists()
        assert withdraw(connection, workspace, "xarf", keep=[kept.id]) == [replace(gone, state=WITHDRAWN)]
        assert not (workspace.outbox / gone.path).exists()
        assert (workspace.outbox / kept.path).exists()
        assert withdraw(connection, workspace, "xarf", keep=[kept.id]) == []
        assert _place(connection, workspace, name="gone").state == AWAITING


def test_what_was_approved_is_not_withdrawn(ledger: Ledger, workspace: Workspace) -> None:
    with ledger.write() as connection:
        put(connection, [replace(_place(connection, workspace), state="approved")])
        assert withdraw(connection, workspace, "xarf", keep=[]) == []


def test_no_partial_file_is_left(ledger: Ledger, workspace: Workspace) -> None:
    with ledger.write() as connection:
        _place(connection, workspace)
    assert [path.name for path in workspace.outbox.rglob("*") if path.is_file()] == ["notice.json"]


def test_a_file_that_is_gone_or_changed_is_written_again(ledger: Ledger, workspace: Workspace) -> None:
    with ledger.write() as connection:
        path = workspace.outbox / _place(connection, workspace).path
        path.write_bytes(b"half")
        _place(connection, workspace)
        assert path.read_bytes() == b"text"
        path.unlink()
        _place(connection, workspace)
        assert path.read_bytes() == b"text"
