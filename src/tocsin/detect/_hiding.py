"""Puts rules to the findings that are there: hides what they match, and shows again what none matches any more."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sqlalchemy as sa

from tocsin.detect._findings import told
from tocsin.detect._matching import Sides, first_match
from tocsin.detect._rulebook import in_force, rules
from tocsin.parties.directory import directory
from tocsin.parties.lookup import NONE
from tocsin.records import Finding
from tocsin.store.ledger import put, read
from tocsin.units import units
from tocsin.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Hidden:
    """What rules hide: how many findings are hidden altogether and how many changed, and counts by rule."""

    findings: int
    changed: int
    findings_by_rule: Counter[str]
    peers_by_rule: Counter[str]


def hide(workspace: Workspace, connection: sa.Connection) -> Hidden:
    """Put every rule that holds today to every finding. Doing it again changes nothing."""
    today = workspace.now().date()
    holding = [rule for rule in rules(connection) if in_force(rule, today)]
    findings = read(connection, Finding)
    sides = [_sides(finding) for finding in findings]
    matched = first_match(holding, _columns(findings, sides), directory(connection, today))
    names = [None if index == NONE else holding[index].id for index in matched.tolist()]
    changed, at = [], 0
    for finding, of_finding in zip(findings, sides, strict=True):
        hidden_by = names[at : at + len(of_finding)]
        at += len(of_finding)
        after = _hidden(finding, of_finding, hidden_by)
        if after is not finding:
            changed.append(after)
    put(connection, changed)
    return count(findings, {finding.id: finding for finding in changed})


def count(findings: Sequence[Finding], changed: dict[str, Finding] | None = None) -> Hidden:
    """How much rules hide in these findings; ``changed`` are those that have been changed since, by id."""
    newest = [(changed or {}).get(finding.id, finding) for finding in findings]
    return Hidden(
        findings=sum(finding.suppressed_by is not None for finding in newest),
        changed=len(changed or {}),
        findings_by_rule=Counter(finding.suppressed_by for finding in newest if finding.suppressed_by),
        peers_by_rule=Counter(side["rule"] for finding in newest for side in finding.sides if side.get("rule")),
    )


def _sides(finding: Finding) -> list[dict[str, Any]]:
    """The sides of a finding; of one that no detector here has made, as far as the finding tells; at least one."""
    if finding.sides:
        return finding.sides
    span = {"first": finding.first_seen.isoformat(), "last": finding.last_seen.isoformat()}
    common = {
        "score": finding.score,
        "peers_in_all": len(finding.peers),
        **{f"{end}_seen": time for end, time in span.items()},
        **{f"{end}_of_all": time for end, time in span.items()},
        "rule": finding.suppressed_by,
    }
    numbers = [*finding.evidence, *({} for _ in finding.peers)]
    told_of = [
        {**number, **common, "peer": p["address"], "port": p["port"], "protocol": p["proto"], "name": p["name"]}
        for p, number in zip(finding.peers, numbers, strict=False)
    ]
    return told_of or [common | {"peer": None, "port": None, "protocol": "", "name": None}]


def _hidden(finding: Finding, sides: list[dict[str, Any]], rules: Sequence[str | None]) -> Finding:
    """The finding with each side hidden by its rule or by none; the same object where nothing changes."""
    if [side["rule"] for side in sides] == list(rules):
        return finding
    after = [side | {"rule": rule} for side, rule in zip(sides, rules, strict=True)]
    if not finding.sides and not finding.peers:
        return replace(finding, suppressed_by=rules[0])
    own = "sensor" in sides[0] and finding.behaviour in units("tocsin.detect")
    detector = units("tocsin.detect")[finding.behaviour].load() if own else None
    return told(replace(finding, sides=after), detector)


def _columns(findings: Sequence[Finding], sides: Sequence[Sequence[dict[str, Any]]]) -> Sides:
    rows = [
        (
            finding.behaviour,
            finding.subject["value"],
            side["peer"] or "",
            f"{side['port']}/{side['protocol']}" if side["port"] is not None else side["protocol"],
            side["name"] or "",
        )
        for finding, of_finding in zip(findings, sides, strict=True)
        for side in of_finding
    ]
    table = np.array(rows, dtype=np.object_).reshape(len(rows), 5)
    return Sides(*(table[:, column] for column in range(5)))
