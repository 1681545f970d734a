"""What an ingest shows to have been watched: which networks on which days."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.parties.directory import Directory
from tocsin.parties.lookup import NONE
from tocsin.records import table_name
from tocsin.telemetry._rows import Batch


@dataclass(slots=True)
class Day:
    """What was seen on a day; ``sampling`` is the coarsest that a row states, 0 where none does."""

    first: datetime
    last: datetime
    rows: int
    networks: set[str]
    sampling: int = 0


@dataclass(slots=True)
class Tally:
    """Counts the rows of an ingest by table and UTC day, and the networks that were seen.

    ``networks`` are those that the user says were watched. When there are none, a network of the directory counts as
    watched on a day when a row of that day has an address in it: a directory names networks of many parties, and to
    call one watched that no row speaks of would later make its hosts look clean.
    """

    networks: tuple[str, ...]
    directory: Callable[[date], Directory]
    days: dict[tuple[str, date], Day] = field(default_factory=dict)

    def add(self, batch: Batch) -> None:
        """Count rows."""
        times = pa.table({"time": batch.rows["time"], "day": pc.cast(batch.rows["time"], pa.date32())})
        groups = times.group_by("day").aggregate([("time", "min"), ("time", "max"), ("time", "count")]).to_pylist()
        for group in groups:
            rows = batch.rows if len(groups) == 1 else batch.rows.filter(pc.equal(times["day"], group["day"]))
            first, last = group["time_min"].replace(tzinfo=UTC), group["time_max"].replace(tzinfo=UTC)
            day = self.days.setdefault(
                (table_name(batch.record), group["day"]), Day(first, last, 0, set(self.networks))
            )
            day.first, day.last = min(day.first, first), max(day.last, last)
            day.rows += group["time_count"]
            if "sampling" in rows.column_names:
                day.sampling = max(day.sampling, pc.max(rows["sampling"]).as_py() or 0)
            if not self.networks:
                day.networks |= _networks(self.directory(group["day"]), rows)

    def covered(self) -> Iterator[tuple[str, date, str, Day]]:
        """Table, day and network of all that was watched, with what was seen on that day."""
        for (telemetry, day), seen in sorted(self.days.items(), key=lambda item: item[0]):
            for network in sorted(seen.networks):
                yield telemetry, day, network, seen


def _networks(directory: Directory, rows: pa.Table) -> set[str]:
    """Prefixes of the directory that hold an address of these rows, wider ones included."""
    sides = [side for side in ("initiator", "responder") if side in rows.column_names]
    addresses = {address for side in sides for address in pc.unique(rows[side]).to_pylist()}
    found = set(directory.table.find([address for address in addresses if address]).tolist()) - {NONE}
    held = {index for inner in found for index in (inner, *directory.table.around(inner))}
    return {directory.networks[index].prefix for index in held}
