"""Who takes part: parties, their networks and contacts, the communities they share in, the people who act for them."""

from dataclasses import dataclass
from datetime import date, datetime

from tocsin.records.kinds import LedgerRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Party(LedgerRecord):
    """An organisation. ``party`` is the party that keeps the entry.

    Attributes:
        id: short name in lower case, such as ``example-isp``
        name: name as the party writes it
        role: ``operator`` for the party that runs this workspace, ``member`` for all others
        sector: sector of the economy, such as ``communications``
        segments: segments of the practice guides that it belongs to, such as ``infrastructure``
        country: ISO 3166-1 code of two letters
        joined: day on which it joined the programme
        left: day on which it left; null while it takes part
    """

    id: str
    name: str
    role: str
    sector: str | None
    segments: list[str]
    country: str | None
    joined: date
    left: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Network(LedgerRecord):
    """A prefix that a party is responsible for.

    Attributes:
        holder: id of the party that holds it
        prefix: the prefix in canonical form, such as ``192.0.2.0/24``
        asn: autonomous system that announces it, if known
        since: first day
        until: last day; null while it is held
    """

    holder: str
    prefix: str
    asn: int | None
    since: date
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact(LedgerRecord):
    """Where a party is reached for a purpose.

    Attributes:
        holder: id of the party
        purpose: ``abuse``, ``noc``, ``legal``, ``programme`` and so on
        address: mail address
        verified: day on which it last answered; null when never
    """

    holder: str
    purpose: str
    address: str
    verified: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriberCount(LedgerRecord):
    """How many subscribers a party had on a day: the denominator of rates. Never estimated.

    Attributes:
        holder: id of the party
        day: UTC day from which it holds, until the next count
        subscribers: active subscriber lines
    """

    holder: str
    day: date
    subscribers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Community(LedgerRecord):
    """Parties that share under one agreement.

    Attributes:
        id: short name in lower case
        name: name as its members write it
        agreement: text or digest of the agreement
        minimum_cell: counts below it are withheld in aggregates
    """

    id: str
    name: str
    agreement: str | None
    minimum_cell: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership(LedgerRecord):
    """That a party belongs to a community.

    Attributes:
        community: id of the community
        member: id of the party
        joined: first day
        left: last day; null while it is a member
    """

    community: str
    member: str
    joined: date
    left: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class User(LedgerRecord):
    """A person who acts for a party.

    Attributes:
        id: short name in lower case
        name: name for display
        role: ``viewer``, ``analyst``, ``coordinator``, ``programme_lead`` or ``administrator``
        created: when the account was made, UTC
        disabled: when it was switched off, UTC; null while it works
    """

    id: str
    name: str
    role: str
    created: datetime
    disabled: datetime | None
