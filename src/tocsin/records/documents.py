"""What a row is to those outside, where that differs from what the ledger keeps."""

from dataclasses import asdict
from typing import Any

from tocsin.records.evidence import Finding


def finding_document(finding: Finding) -> dict[str, Any]:
    """A finding as ``findings --json`` gives it: instead of its sides the peers that are hidden, each with the rule."""
    document = asdict(finding)
    sides = document.pop("sides")
    document["hidden_peers"] = [
        {"address": s["peer"], "port": s["port"], "proto": s["protocol"], "name": s["name"], "rule": s["rule"]}
        for s in sides
        if s["rule"] is not None
    ]
    return document
