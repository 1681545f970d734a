"""Folds what a detector returns into findings: one for each subject, behaviour and UTC day, however many peers.

What is too weak to be reported becomes a candidate in the same way, and never a finding.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import groupby
from types import ModuleType
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from tocsin import __version__
from tocsin.records import BEHAVIOURS, Candidate, Detection, Finding, Peer, Subject, columns, record_id
from tocsin.workspace import Workspace

# The reporting threshold: what scores less is a candidate. The points of each detector are set against it: one sign
# that ordinary software gives too stays below it, several that it does not give together reach it.
REPORTED = 0.7

# The strongest are shown; a host that calls hundreds of peers is one finding that a person can read.
PEERS_MAX = 20

# So many are kept, so that there is something to show when rules hide the strongest.
SIDES_MAX = 100

# The strongest candidates of a behaviour on a day; a network in which more than so many hosts look odd has no odd ones.
CANDIDATES_MAX = 1000

_NOT_EVIDENCE = frozenset(column.name for column in columns(Detection)) | {
    *("reported", "peers_in_all", "first_of_all", "last_of_all", "rule"),
}
_OPTIONAL = tuple(column.name for column in columns(Detection) if column.nullable)
_TYPES = {"kind": "string", "peer": "string", "name": "string", "port": "int64"}


@dataclass(frozen=True, slots=True)
class Folded:
    """What one detector says of a day."""

    findings: list[Finding]
    candidates: list[Candidate]


def narrowed(rows: ir.Table) -> ir.Table:
    """The strongest rows of each subject and day, those that are reported and those that are not apart.

    A peer that several sensors saw counts once. Adds ``reported``, ``peers_in_all`` (how many there are), and
    ``first_of_all`` and ``last_of_all``, the span of the evidence towards all of them.
    """
    rows = _whole(rows)
    rows = rows.mutate(kind=ibis.coalesce(rows.kind, "host"), reported=rows.score >= REPORTED)
    subject = [rows[name] for name in ("kind", "host", "day", "reported")]
    peer = [*subject, *(rows[name] for name in ("peer", "name", "port", "protocol"))]
    rows = rows.mutate(
        first_of_all=rows.first_seen.min().over(group_by=subject),
        last_of_all=rows.last_seen.max().over(group_by=subject),
        again=ibis.row_number().over(ibis.window(group_by=peer, order_by=_strongest(rows))),
    )
    once = rows.filter(rows.again == 0).drop("again")
    subject = [once[name] for name in ("kind", "host", "day", "reported")]
    ranked = once.mutate(
        peers_in_all=once.count().over(group_by=subject),
        place=ibis.row_number().over(ibis.window(group_by=subject, order_by=_strongest(once))),
    )
    return ranked.filter(ranked.place < SIDES_MAX).drop("place")


def named(rows: ir.Table, names: ir.Table) -> ir.Table:
    """The rows, with the name of each peer that is known by its address alone, where ``names`` has one."""
    rows = _whole(rows)
    known = names.select(found_at=names.address, found_by=names.name)
    joined = rows.left_join(known, rows.peer == known.found_at)
    return joined.mutate(name=ibis.coalesce(joined.name, joined.found_by)).drop("found_at", "found_by")


def _whole(rows: ir.Table) -> ir.Table:
    """With the columns that a detector may leave out."""
    return rows.mutate(**{name: ibis.null(_TYPES[name]) for name in _OPTIONAL if name not in rows.columns})


def folded(workspace: Workspace, name: str, detector: ModuleType, rows: pa.Table) -> Folded:
    """Findings and candidates of one detector from what ``narrowed`` has left of its rows, by subject and day."""
    groups = [
        (Subject(kind=kind, value=value), day, reported, list(group))
        for (kind, value, day, reported), group in groupby(sorted(rows.to_pylist(), key=_order), key=_about)
    ]
    findings = [
        _finding(workspace, name, detector, subject, day, group) for subject, day, reported, group in groups if reported
    ]
    weak = sorted((group for group in groups if not group[2]), key=lambda group: -group[3][0]["score"])
    candidates = [_candidate(workspace, name, subject, day, group) for subject, day, _, group in weak[:CANDIDATES_MAX]]
    return Folded(findings, sorted(candidates, key=lambda candidate: candidate.id))


def _strongest(rows: ir.Table) -> list[ir.Value]:
    """The order of strength; what does not tell rows apart any more is nothing that anybody sees."""
    return [
        rows.score.desc(),
        rows.first_seen,
        *(ibis.coalesce(rows[name], "") for name in ("peer", "name")),
        ibis.coalesce(rows.port, 0),
        rows.protocol,
        rows.sensor,
    ]


def _about(row: Mapping[str, Any]) -> tuple[str, str, date, bool]:
    return row["kind"], row["host"], row["day"], row["reported"]


def _order(row: Mapping[str, Any]) -> tuple[object, ...]:
    peer = (row["peer"] or "", row["name"] or "", row["port"] or 0, row["protocol"], row["sensor"])
    return (*_about(row), -row["score"], row["first_seen"], *peer)


def _finding(
    workspace: Workspace, name: str, detector: ModuleType, subject: Subject, day: date, rows: list[dict[str, Any]]
) -> Finding:
    bare = Finding(
        **dict(_common(workspace, "finding", name, subject, day, rows)),
        host=subject["value"] if subject["kind"] == "host" else None,
        technique=BEHAVIOURS[name].technique,
        confidence=0,
        first_seen=rows[0]["first_of_all"].replace(tzinfo=UTC),
        last_seen=rows[0]["last_of_all"].replace(tzinfo=UTC),
        explanation="",
        suppressed_by=None,
        sides=[_side(row) for row in rows],
    )
    return told(bare, detector)


def told(finding: Finding, detector: ModuleType | None) -> Finding:
    """The finding as its sides tell it: of those that no rule hides, or of all, when rules hide all.

    Without a detector, as for what others know, the explanation stays.
    """
    shown = [side for side in finding.sides if side["rule"] is None]
    hidden = len(finding.sides) - len(shown)
    sides = shown or finding.sides
    strongest = sides[0] | {name: _moment(sides[0][name]) for name in ("first_seen", "last_seen")}
    others = strongest["peers_in_all"] - 1 - (hidden if shown else 0)
    text = detector.explain(finding.subject["value"], strongest, others) if detector else finding.explanation
    whole = hidden == 0 or not shown
    return replace(
        finding,
        score=strongest["score"],
        confidence=round(strongest["score"] * 100),
        first_seen=_moment(min(side["first_of_all" if whole else "first_seen"] for side in sides)),
        last_seen=_moment(max(side["last_of_all" if whole else "last_seen"] for side in sides)),
        peers=[_peer(side) for side in sides[:PEERS_MAX]],
        evidence=[_evidence(side) for side in sides[:PEERS_MAX]],
        explanation=text,
        suppressed_by=None if shown else sides[0]["rule"],
    )


def with_alerts(finding: Finding, alerts: dict[str, Any]) -> Finding:
    """The finding with what an intrusion detection system said of its host that day, as evidence and no more."""
    if not alerts:
        return finding
    return replace(
        finding,
        sides=[side | alerts for side in finding.sides],
        evidence=[entry | alerts for entry in finding.evidence],
    )


def _side(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as the ledger keeps it: its times as text, the same whether or not the engine gives them a zone."""
    return {name: _plain(value) for name, value in row.items()} | {"rule": None}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _candidate(workspace: Workspace, name: str, subject: Subject, day: date, rows: list[dict[str, Any]]) -> Candidate:
    return Candidate(**dict(_common(workspace, "candidate", name, subject, day, rows)))


def _common(
    workspace: Workspace, table: str, name: str, subject: Subject, day: date, rows: list[dict[str, Any]]
) -> Iterator[tuple[str, Any]]:
    yield "party", workspace.party
    yield "marking", workspace.settings.marking
    yield "source", f"detect/{name}"
    yield "id", record_id(table, workspace.party, subject["kind"], subject["value"], name, day.isoformat())
    yield "subject", subject
    yield "behaviour", name
    yield "day", day
    yield "score", rows[0]["score"]
    yield "peers", [_peer(row) for row in rows[:PEERS_MAX]]
    yield "evidence", [_evidence(row) for row in rows[:PEERS_MAX]]
    yield "detector", f"{name} {__version__}"


def _peer(row: Mapping[str, Any]) -> Peer:
    return Peer(address=row["peer"], port=row["port"], proto=row["protocol"], name=row["name"])


def _evidence(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in _NOT_EVIDENCE}
