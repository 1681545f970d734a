"""Keeps a daily sum of who met whom, so that later days can look back without reading every flow again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import ibis.expr.types as ir
import sqlalchemy as sa

from tocsin.detect._expressions import stacked
from tocsin.detect._inputs import Inputs
from tocsin.records import LakeFile, NameDay, PairDay, Record, table_name
from tocsin.store.engine import Engine
from tocsin.store.lake import LakeWriter, located
from tocsin.store.ledger import put, read, remove
from tocsin.workspace import Workspace

# Two weeks: every day of the week twice, so that what comes on working days or once a week is no news.
DAYS_BACK = 14

# Each sum that is kept, with the input that looks back at it.
SUMS: dict[str, tuple[type[Record], str]] = {
    table_name(PairDay): (PairDay, "history"),
    table_name(NameDay): (NameDay, "name_history"),
}


@dataclass(frozen=True, slots=True)
class Past:
    """Files of the sums of the days before one."""

    files: dict[str, list[LakeFile]]

    def basis(self) -> dict[str, str]:
        """What each input that looks back rests on."""
        return {SUMS[name][1]: " ".join(sorted(file.path for file in files)) for name, files in self.files.items()}


def past(connection: sa.Connection, day: date) -> Past:
    """The sums of the days that a look at ``day`` looks back at, itself left out."""
    earliest = day - timedelta(days=DAYS_BACK - 1)
    return Past(
        {
            name: [file for file in read(connection, LakeFile, telemetry=name) if earliest <= file.day < day]
            for name in SUMS
        }
    )


def look_back(engine: Engine, workspace: Workspace, inputs: Inputs, before: Past) -> dict[str, ir.Table]:
    """The inputs that look back: the sums of the days before, and those of the day itself."""
    found = {}
    for name, (record, input_) in SUMS.items():
        today = inputs.table(name)
        if before.files[name]:
            paths = (file.path for file in before.files[name])
            earlier = engine.table(record, located(workspace.lake, paths))
            earlier = earlier.mutate(day=earlier.time.date())
            today = stacked(today, earlier)
        found[input_] = today
    return found


def write_sum(engine: Engine, workspace: Workspace, inputs: Inputs, name: str, basis: str) -> Iterator[LakeFile]:
    """Write a sum of the day into the lake; its files count when the ledger lists them."""
    record = SUMS[name][0]
    with LakeWriter(workspace.lake, f"{name}-{basis[:16]}") as writer:
        for batch in engine.batches(inputs.table(name)):
            if batch.num_rows:
                writer.write(record, batch)
        yield from writer.finish(workspace.party, workspace.settings.marking, f"detect/{name}")


def replace_sum(connection: sa.Connection, name: str, day: date, files: list[LakeFile]) -> list[str]:
    """Let the files of a sum count in the place of those before; returns the paths that count no more."""
    before = {file.path for file in read(connection, LakeFile, telemetry=name, day=day)}
    remove(connection, LakeFile, telemetry=name, day=day)
    put(connection, files)
    return sorted(before - {file.path for file in files})
