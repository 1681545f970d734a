"""What others say is bad: indicators from lists, and the lists they come from."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tocsin.records.kinds import LedgerRecord, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedIndicator(Record):
    """One indicator of a list that was imported. Lists are long, so they lie in files beside the lake.

    Attributes:
        source: name of the list
        kind: ``address``, ``network``, ``name``, ``url``, ``ja3``, ``ja4`` or ``certificate_sha256``
        value: the pattern in canonical form; of a URL its host and path
        port: port of an address; null for any
        family: what it belongs to, such as a family of malware; null when the list does not say
        confidence: 0 to 100
        since: when the list was first seen to have it, UTC
        until: last day on which it holds; null when open
    """

    source: str
    kind: str
    value: str
    port: int | None
    family: str | None
    confidence: int
    since: datetime
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorList(LedgerRecord):
    """One list of indicators, as it was imported last.

    Attributes:
        id: name of the list
        path: its file below the workspace's folder ``intelligence``
        digest: SHA-256 of what was imported and how, hex
        indicators: number of indicators
        kinds: number of indicators of each kind
        refused: number of entries that were not taken, by reason
        confidence: 0 to 100, for entries that do not say otherwise
        until: last day on which it holds; null when open
        first: when it was imported for the first time, UTC
        imported: when it was imported last, UTC
    """

    id: str
    path: str
    digest: str
    indicators: int
    kinds: dict[str, Any]
    refused: dict[str, Any]
    confidence: int
    until: date | None
    first: datetime
    imported: datetime
