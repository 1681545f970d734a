"""Putting the sample of one infected device into a ledger, as it is or changed."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from tests.formats.infected import CASE, FINDINGS
from tocsin.records import Case, Finding, LedgerRecord
from tocsin.store.ledger import Ledger, put, read
from tocsin.workspace import Workspace

HOST, CONTROL, ATTACKED = "192.168.1.195", "185.244.25.235", "198.51.100.185"

R = TypeVar("R", bound=LedgerRecord)


def infect(ledger: Ledger, case: Case = CASE, findings: Iterable[Finding] = FINDINGS) -> None:
    """Put a case and findings into the ledger."""
    with ledger.write() as connection:
        put(connection, [case, *findings])


def marked(marking: str, which: Callable[[Finding], bool] = lambda finding: True) -> list[Finding]:
    """The findings, those that are meant with another marking."""
    return [replace(finding, marking=marking) if which(finding) else finding for finding in FINDINGS]


def rows(ledger: Ledger, record: type[R]) -> list[R]:
    """All rows of a table."""
    with ledger.look() as connection:
        return read(connection, record)


def outbox(workspace: Workspace) -> dict[str, bytes]:
    """Files of the outbox, by path."""
    files = (path for path in workspace.outbox.rglob("*") if path.is_file())
    return {path.relative_to(workspace.outbox).as_posix(): path.read_bytes() for path in files}
