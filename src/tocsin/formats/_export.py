"""What a format unit is given to write, and what the units share."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from tocsin.records import Case, Finding, Mitigation, Party, Peer
from tocsin.records.behaviours import C2_BEHAVIOURS


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What one recipient may have; ``access`` has decided on every row before.

    Attributes:
        operator: the party that writes
        contact: its abuse mail address; None when it has none
        marking: TLP label of the whole
        cases: cases, by id
        findings: findings of those cases
        mitigations: blocks and filters of those cases
        subjects: whether subjects may be named; otherwise only the infrastructure that commands them is written
    """

    operator: Party
    contact: str | None
    marking: str
    cases: tuple[Case, ...] = ()
    findings: tuple[Finding, ...] = ()
    mitigations: tuple[Mitigation, ...] = ()
    subjects: bool = True


def findings_of(export: Export, case: Case) -> list[Finding]:
    """Findings of one case, by day and behaviour."""
    ids = set(case.findings)
    chosen = (finding for finding in export.findings if finding.id in ids)
    return sorted(chosen, key=lambda finding: (finding.day, finding.behaviour, finding.id))


def c2_peers(findings: Iterable[Finding]) -> list[Peer]:
    """Distinct peers that command the subjects of findings, those with the strongest evidence first."""
    ranked = sorted(findings, key=lambda finding: (-finding.score, finding.id))
    peers = (peer for finding in ranked if finding.behaviour in C2_BEHAVIOURS for peer in finding.peers)
    distinct: dict[tuple[str, int | None, str], Peer] = {}
    for peer in peers:
        distinct.setdefault((peer["address"] or peer["name"] or "", peer["port"], peer["proto"]), peer)
    return list(distinct.values())


def endpoint(peer: Peer) -> str:
    """A peer as people write it.

    >>> endpoint({"address": "2001:db8::1", "port": 6667, "proto": "tcp", "name": None})
    '[2001:db8::1]:6667/tcp'
    >>> endpoint({"address": None, "port": None, "proto": "udp", "name": "c2.example.net"})
    'c2.example.net'
    """
    if peer["address"] is None and peer["port"] is None:
        return peer["name"] or "unknown"
    address = peer["address"] or peer["name"] or "unknown"
    address = f"[{address}]" if ":" in address else address
    return f"{address}/{peer['proto']}" if peer["port"] is None else f"{address}:{peer['port']}/{peer['proto']}"


def called(peer: Peer) -> str:
    """A peer as people write it, with its name behind its address where both are known.

    >>> called({"address": "198.51.100.7", "port": 443, "proto": "tcp", "name": "c2.example.net"})
    '198.51.100.7:443/tcp (c2.example.net)'
    """
    return f"{endpoint(peer)} ({peer['name']})" if peer["address"] and peer["name"] else endpoint(peer)


def rfc3339(moment: datetime) -> str:
    """A time in UTC as RFC 3339 writes it, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
