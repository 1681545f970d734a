"""Folds what a detector returns into findings: one for each host, behaviour and UTC day, however many peers."""

from collections.abc import Mapping
from datetime import UTC, date
from itertools import groupby
from types import ModuleType
from typing import Any

import pyarrow as pa

from tocsin import __version__
from tocsin.records import BEHAVIOURS, Detection, Finding, Peer, Subject, columns, record_id
from tocsin.workspace import Workspace

# The strongest are kept; a host that calls hundreds of peers is one finding that a person can read.
PEERS_MAX = 20

_NOT_EVIDENCE = frozenset(column.name for column in columns(Detection))
_NOTHING: dict[str, Any] = {column.name: None for column in columns(Detection) if column.nullable}


def findings(workspace: Workspace, name: str, detector: ModuleType, rows: pa.Table) -> list[Finding]:
    """Findings of one detector from the rows that it returned, in the order of host and day."""
    ordered = sorted(
        (_NOTHING | row | {"kind": row.get("kind") or "host"} for row in rows.to_pylist()), key=_strongest_first
    )
    return [
        _finding(workspace, name, detector, Subject(kind=kind, value=value), day, list(group))
        for (kind, value, day), group in groupby(ordered, key=lambda row: (row["kind"], row["host"], row["day"]))
    ]


def _strongest_first(row: Mapping[str, Any]) -> tuple[object, ...]:
    subject = (row["kind"], row["host"], row["day"])
    return (
        *subject,
        -row["score"],
        row["first_seen"],
        row["peer"] or "",
        row["name"] or "",
        row["port"] or 0,
        row["sensor"],
    )


def _finding(
    workspace: Workspace, name: str, detector: ModuleType, subject: Subject, day: date, rows: list[dict[str, Any]]
) -> Finding:
    best: dict[tuple[object, ...], dict[str, Any]] = {}
    for row in rows:
        best.setdefault((row["peer"], row["name"], row["port"], row["protocol"]), row)
    peers = list(best.values())
    return Finding(
        party=workspace.party,
        marking=workspace.settings.marking,
        source=f"detect/{name}",
        id=record_id("finding", workspace.party, subject["kind"], subject["value"], name, day.isoformat()),
        subject=subject,
        host=subject["value"] if subject["kind"] == "host" else None,
        behaviour=name,
        technique=BEHAVIOURS[name].technique,
        day=day,
        score=peers[0]["score"],
        confidence=round(peers[0]["score"] * 100),
        first_seen=min(row["first_seen"] for row in rows).replace(tzinfo=UTC),
        last_seen=max(row["last_seen"] for row in rows).replace(tzinfo=UTC),
        peers=[_peer(row) for row in peers[:PEERS_MAX]],
        evidence=[_evidence(row) for row in peers[:PEERS_MAX]],
        explanation=detector.explain(subject["value"], peers[0], len(peers) - 1),
        detector=f"{name} {__version__}",
        suppressed_by=None,
    )


def _peer(row: Mapping[str, Any]) -> Peer:
    return Peer(address=row["peer"], port=row["port"], proto=row["protocol"], name=row["name"])


def _evidence(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in _NOT_EVIDENCE}
