"""Entering a party with what is known of it: its networks, its contact, its subscribers."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import sqlalchemy as sa

from tocsin.errors import WrongUse
from tocsin.parties.directory import ALWAYS, MEMBER, OPERATOR, canonical_prefix
from tocsin.records import Contact, LedgerRecord, Network, Party, SubscriberCount
from tocsin.store.ledger import one, put, read, remove
from tocsin.workspace import PARTY_ID, Workspace

ABUSE = "abuse"

# More than there are lines on Earth.
SUBSCRIBERS_MAX = 10**10

# Words that stand for many parties where a party is named, as in 'report --audience'.
RESERVED = ("all", "members", "public")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is told of a party, as it was from the day ``since`` on.

    ``networks`` are prefixes; ``subscribers`` is the count of that day, null when not known. Without ``since``,
    networks were held always, as far as is known; a member joins, and subscribers are counted, today.
    """

    id: str
    role: str = MEMBER
    name: str = ""
    sector: str | None = None
    segments: Sequence[str] = ()
    country: str | None = None
    networks: Sequence[str] = ()
    abuse: str = ""
    subscribers: int | None = None
    since: date | None = None


def checked(entry: Entry) -> Entry:
    """The entry in canonical form. Raises WrongUse for what cannot be right."""
    if not PARTY_ID.fullmatch(entry.id):
        raise WrongUse(f"not a party id: {entry.id}: use small letters, digits and hyphens, as in example-isp")
    if entry.id in RESERVED:
        raise WrongUse(f"not a party id: {entry.id}: that word names an audience; choose another")
    if entry.role not in (OPERATOR, MEMBER):
        raise WrongUse(f"no such role of a party: {entry.role}: choose {OPERATOR} or {MEMBER}")
    if entry.subscribers is not None and not 0 <= entry.subscribers <= SUBSCRIBERS_MAX:
        raise WrongUse(f"not a count of subscribers: {entry.subscribers}: it lies between 0 and {SUBSCRIBERS_MAX}")
    for text in (entry.name, entry.abuse, entry.sector or "", entry.country or "", *entry.segments):
        if not text.isprintable():
            raise WrongUse(f"not plain text: {text!r}: leave out what cannot be printed")
    if entry.abuse and entry.abuse.count("@") != 1:
        raise WrongUse(f"not a mail address: {entry.abuse}: write it as abuse@example.net")
    return replace(entry, networks=tuple(canonical_prefix(network) for network in entry.networks))


def enrol(connection: sa.Connection, workspace: Workspace, entry: Entry) -> None:
    """Put the entry into the ledger.

    What is there already stays: networks are added to those that are held, a new contact takes the old one's place.
    """
    entry = checked(entry)
    held = {network.prefix for network in read(connection, Network, holder=entry.id, until=None)}
    rows = list(_rows(workspace, entry, one(connection, Party, id=entry.id), held))
    if entry.abuse:
        remove(connection, Contact, holder=entry.id, purpose=ABUSE)
    put(connection, rows)


def _rows(workspace: Workspace, entry: Entry, before: Party | None, held: Container[str]) -> Iterable[LedgerRecord]:
    today = workspace.now().date()
    always = entry.since or ALWAYS
    kept = {"party": workspace.party, "marking": workspace.settings.marking, "source": "parties/enrol"}
    yield Party(
        **kept,
        id=entry.id,
        name=entry.name or (before.name if before else entry.id),
        role=before.role if before else entry.role,
        sector=entry.sector or (before.sector if before else None),
        segments=list(entry.segments) or (before.segments if before else []),
        country=entry.country or (before.country if before else None),
        joined=before.joined if before else always if entry.role == OPERATOR else entry.since or today,
        left=None,
    )
    for prefix in entry.networks:
        if prefix not in held:
            yield Network(**kept, holder=entry.id, prefix=prefix, asn=None, since=always, until=None)
    if entry.abuse:
        yield Contact(**kept, holder=entry.id, purpose=ABUSE, address=entry.abuse, verified=None)
    if entry.subscribers is not None:
        yield SubscriberCount(**kept, holder=entry.id, day=entry.since or today, subscribers=entry.subscribers)
