"""Erasure: the rows about one address or one subscriber go out of the lake, and only their number is remembered.

An address has the rows in which it is one side, and its leases. A subscriber has the rows of the addresses, or blocks
of their ports, that the lease table says it held, while it held them, and those leases. Findings and cases are not
looked at: they lie in the ledger, and a person decides on them.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import pyarrow as pa
import sqlalchemy as sa

from tocsin.errors import WrongUse
from tocsin.records import LakeFile, Lease, Removal, table_name
from tocsin.store.exchange import Thinned, rework, thinned
from tocsin.store.lake import EVIDENCE
from tocsin.store.ledger import Ledger, read
from tocsin.store.place import Place, place
from tocsin.store.reading import Mask, equal
from tocsin.store.removals import record, removals
from tocsin.store.spans import Span, about, spans_of
from tocsin.workspace import Workspace

KIND = "erase"
LEASES = (table_name(Lease), EVIDENCE + table_name(Lease))
# A guess costs about a tenth of a second and 32 MiB: all of IPv4 some ten years of one core, for each record anew.
SCRYPT = {"n": 1 << 15, "r": 8, "p": 1, "maxmem": 1 << 26}

Thin = Callable[[list[LakeFile]], Iterator[Thinned]]


@dataclass(frozen=True, slots=True)
class Erased:
    """What went: one record for each table and day, which does not say whose rows they were."""

    removals: tuple[Removal, ...]

    @property
    def rows(self) -> int:
        """Rows that went."""
        return sum(removal.rows for removal in self.removals)


def erase_address(workspace: Workspace, ledger: Ledger, address: str, since: datetime, until: datetime) -> Erased:
    """Erase the rows about an address from ``since`` on and before ``until``, UTC.

    ``address`` is canonical text (RFC 5952). Raises TocsinError when the lake cannot be read or written.
    """
    spans = [Span(address, since, until)]

    def thin(files: list[LakeFile]) -> Iterator[Thinned]:
        return _thinned(place(workspace.lake), files, spans, None)

    return _erase(workspace, ledger, address, since, until, thin)


def erase_subscriber(workspace: Workspace, ledger: Ledger, token: str, since: datetime, until: datetime) -> Erased:
    """Erase the rows of a subscriber from ``since`` on and before ``until``, UTC, by the lease table.

    ``token`` is the pseudonym that stands there. Raises WrongUse when it has no lease in that time, for then nobody
    knows which rows are its; TocsinError when the lake cannot be read or written.
    """
    where = place(workspace.lake)

    def thin(files: list[LakeFile]) -> Iterator[Thinned]:
        leases = (file for file in files if file.telemetry in LEASES)
        spans = [_clipped(span, since, until) for span in spans_of(where, leases, token)]
        spans = [span for span in spans if span.since < span.until]
        if not spans:
            raise WrongUse(
                "no lease of this subscriber in that time: nothing was erased: is it the token of the table?"
            )
        return _thinned(where, files, spans, token)

    return _erase(workspace, ledger, token, since, until, thin)


def is_about(removal: Removal, identifier: str) -> bool:
    """Whether a record of an erasure is about an address or token."""
    salt, _, _ = removal.about.partition(":")
    return removal.kind == KIND and removal.about == _pseudonym(identifier, bytes.fromhex(salt))


def _erase(
    workspace: Workspace, ledger: Ledger, identifier: str, since: datetime, until: datetime, thin: Thin
) -> Erased:
    pseudonym = _pseudonym(identifier, secrets.token_bytes(16))
    reason = f"asked for: rows from {since.isoformat()} to {until.isoformat()}"

    def finish(connection: sa.Connection, done: list[Thinned]) -> Erased:
        gone = [(each.file.telemetry, each.file.day, each.gone) for each in done]
        return Erased(tuple(record(connection, removals(workspace, KIND, pseudonym, reason, gone))))

    return rework(workspace, ledger, partial(_files, since=since, until=until), thin, finish)


def _files(connection: sa.Connection, since: datetime, until: datetime) -> list[LakeFile]:
    """The files of these days; of leases those of all days before as well, for a lease may last."""
    return [
        file
        for file in read(connection, LakeFile)
        if file.day <= until.date() and (file.day >= since.date() or file.telemetry in LEASES)
    ]


def _thinned(where: Place, files: list[LakeFile], spans: list[Span], token: str | None) -> Iterator[Thinned]:
    for file in files:
        # Others lease the same address before and after.
        own = token if file.telemetry in LEASES else None
        if (without := thinned(where, file, partial(_keep, spans, own))) is not None:
            yield without


def _keep(spans: list[Span], token: str | None, rows: pa.Table) -> Mask:
    chosen = about(rows, spans)
    return ~(chosen if token is None else chosen & equal(rows, "subscriber", token))


def _clipped(span: Span, since: datetime, until: datetime) -> Span:
    return replace(span, since=max(span.since, since), until=min(span.until, until))


def _pseudonym(identifier: str, salt: bytes) -> str:
    return f"{salt.hex()}:{hashlib.scrypt(identifier.encode(), salt=salt, dklen=32, **SCRYPT).hex()}"
