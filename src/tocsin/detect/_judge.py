"""Whether a detector can judge what a sensor saw on a day, and why not."""

from collections.abc import Mapping
from datetime import date
from types import ModuleType
from typing import Any

import ibis.expr.types as ir

from tocsin.detect._expressions import packets_at_least
from tocsin.records import Judgement
from tocsin.store.engine import Engine
from tocsin.workspace import Workspace

# Columns that a source may leave out, and how that reads.
PLAIN = {
    "responder_packets": "it does not say whether anything came back",
    "responder_bytes": "it does not count bytes both ways",
    "duration_us": "it does not say how long flows lasted",
}


def sensor_facts(engine: Engine, flow: ir.Table) -> dict[str, dict[str, Any]]:
    """For each sensor: its coarsest sampling, and how many rows say something in each column of PLAIN."""
    # Bytes say as well as packets whether anything came back.
    said = flow.mutate(responder_packets=packets_at_least(flow, "responder"))
    facts = said.group_by("sensor").agg(sampling=said.sampling.max(), **{name: said[name].count() for name in PLAIN})
    return {row["sensor"]: row for row in engine.rows(facts).to_pylist()}


def judge(
    workspace: Workspace, name: str, detector: ModuleType, sensor: str, day: date, facts: Mapping[str, Any]
) -> Judgement:
    """Judgement for one detector on one sensor's day."""
    reason = None
    if facts["sampling"] > detector.SAMPLING:
        reason = f"it looks at 1 packet in {facts['sampling']}; {name} needs at least 1 in {detector.SAMPLING}"
    else:
        reason = next((PLAIN[column] for column in detector.NEEDS if not facts[column]), None)
    return Judgement(
        party=workspace.party,
        marking=workspace.settings.marking,
        source=f"detect/{name}",
        detector=name,
        sensor=sensor,
        day=day,
        able=reason is None,
        reason=reason,
    )
