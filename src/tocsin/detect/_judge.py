"""Whether a detector can judge what a sensor saw on a day, and why not."""

from collections.abc import Iterator, Mapping
from datetime import date
from types import ModuleType

import ibis.expr.types as ir

from tocsin.detect._expressions import packets_at_least
from tocsin.records import Judgement
from tocsin.store.engine import Engine
from tocsin.workspace import Workspace

# Columns that a source may leave out, and how that reads.
PLAIN = {
    "flow.responder_packets": "it does not say whether anything came back",
    "flow.responder_bytes": "it does not count bytes both ways",
    "flow.duration_us": "it does not say how long flows lasted",
    "dns.response_code": "it does not say how questions were answered",
    "login.success": "it does not say whether logins succeeded",
}

# Stands between columns of which one is enough.
OR = " or "

# How a table that a sensor does not have reads.
ABSENT = {
    "flow": "it records no flows",
    "dns": "it records no questions to resolvers",
    "tls": "it records no TLS handshakes",
    "http": "it records no HTTP requests",
    "login": "it records no logins",
    "smtp": "it records no mail",
}

# What is known of a sensor's day: how many rows of each table, ``sampling``, and in how many each column of PLAIN is.
Facts = Mapping[str, int]


def sensor_facts(engine: Engine, tables: Mapping[str, ir.Table]) -> dict[str, Facts]:
    """What is known of each sensor's day: ``flow``: rows, ``flow.duration_us``: rows that say it, ``sampling``."""
    facts: dict[str, dict[str, int]] = {}
    for name in tables.keys() & ABSENT.keys():
        table = tables[name]
        if name == "flow":
            # Bytes say as well as packets whether anything came back.
            table = table.mutate(responder_packets=packets_at_least(table, "responder"))
        counted = table.group_by("sensor").agg(**dict(_counts(name, table)))
        for row in engine.rows(counted).to_pylist():
            facts.setdefault(row.pop("sensor"), {}).update(row)
    return dict(facts)


def judge(workspace: Workspace, name: str, detector: ModuleType, sensor: str, day: date, facts: Facts) -> Judgement:
    """Judgement for one detector on one sensor's day."""
    reason = _reason(detector, facts)
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


def _counts(name: str, table: ir.Table) -> Iterator[tuple[str, ir.Value]]:
    yield name, table.count()
    if name == "flow":
        yield "sampling", table.sampling.max()
    for column in PLAIN:
        of, _, known = column.partition(".")
        if of == name:
            yield column, table[known].count()


def _reason(detector: ModuleType, facts: Facts) -> str | None:
    for need in detector.NEEDS:
        tables = [column.partition(".")[0] for column in need.split(OR)]
        if not any(facts.get(table) for table in tables):
            return ABSENT[tables[0]]
    if facts.get("sampling", 1) > detector.SAMPLING:
        return f"it looks at 1 packet in {facts['sampling']}; at least 1 in {detector.SAMPLING} is needed"
    return next((_unsaid(need, facts) for need in detector.NEEDS if _unsaid(need, facts)), None)


def _unsaid(need: str, facts: Facts) -> str | None:
    """What a sensor does not say; None when it says one of the columns that are needed."""
    columns = [column for column in need.split(OR) if facts.get(column.partition(".")[0])]
    if not columns or any(column not in PLAIN or facts.get(column) for column in columns):
        return None
    return PLAIN[columns[0]]
