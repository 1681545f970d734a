"""The sample of one infected device: its case, its findings, a block of its control server."""

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from tocsin.records import Case, Finding, Kind, LedgerRecord, Mitigation, columns

SAMPLE = json.loads((Path(__file__).parent.parent / "samples" / "infected.json").read_text(encoding="utf-8"))
PARSE: dict[Kind, Callable[[Any], object]] = {Kind.TIME: datetime.fromisoformat, Kind.DAY: date.fromisoformat}

R = TypeVar("R", bound=LedgerRecord)


def row(record: type[R], values: dict[str, Any]) -> R:
    parsed = {c.name: PARSE[c.kind](values[c.name]) for c in columns(record) if c.kind in PARSE}
    return record(**{**values, **parsed})


CASE = row(Case, SAMPLE["case"])
FINDINGS = tuple(row(Finding, values) for values in SAMPLE["findings"])
MITIGATION = row(Mitigation, SAMPLE["mitigation"])
