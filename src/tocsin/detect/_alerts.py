"""What an intrusion detection system said of a host on the day of its findings: evidence beside them, never one."""

from collections.abc import Collection
from typing import Any

import ibis
import ibis.expr.types as ir

from tocsin.detect._expressions import stacked
from tocsin.store.engine import Engine

# As many as a person reads beside the numbers.
SIGNATURES_MAX = 3

Beside = dict[str, dict[str, Any]]


def alerts_beside(engine: Engine, alert: ir.Table, hosts: Collection[str]) -> Beside:
    """For each of these hosts of which there were any: ``alerts``, how many, and the commonest ``alert_signatures``."""
    if not hosts:
        return {}
    ends = [alert.select("signature", host=alert[end]) for end in ("initiator", "responder")]
    about = stacked(*ends)
    about = about.filter(about.host.isin(sorted(hosts)))
    counted = about.group_by("host", "signature").agg(alerts=about.count())
    of_host = [counted.host]
    ordered = ibis.window(group_by=of_host, order_by=[counted.alerts.desc(), counted.signature])
    ranked = counted.mutate(place=ibis.row_number().over(ordered), in_all=counted.alerts.sum().over(group_by=of_host))
    found: Beside = {}
    rows = engine.rows(ranked.filter(ranked.place < SIGNATURES_MAX).order_by("host", "place")).to_pylist()
    for row in rows:
        host = found.setdefault(row["host"], {"alerts": int(row["in_all"]), "alert_signatures": []})
        host["alert_signatures"].append(row["signature"])
    return found
