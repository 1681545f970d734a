"""What an ingest shows to have been watched: which networks on which days and at which hours."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.parties.directory import Directory
from tocsin.parties.lookup import NONE
from tocsin.records import table_name
from tocsin.telemetry._rows import Batch

HOURS = 24
_HOUR_US = 3_600_000_000
ADDRESSES = ("initiator", "responder", "address")


@dataclass(slots=True)
class Day:
    """What was seen on a day: rows in all and in each hour, and the coarsest sampling, 1 in so many packets."""

    first: datetime
    last: datetime
    networks: set[str]
    sampling: int = 1
    rows: int = 0
    hours: list[int] = field(default_factory=lambda: [0] * HOURS)


@dataclass(slots=True)
class Tally:
    """Counts the rows of an ingest by table, UTC day and hour, and the networks that were seen.

    ``networks`` are those that the user says were watched. When there are none, a network of the directory counts as
    watched on a day when a row of that day has an address in it: a directory names networks of many parties, and to
    call one watched that no row speaks of would later make its hosts look clean.
    """

    networks: tuple[str, ...]
    directory: Callable[[date], Directory]
    sampling: int = 1
    days: dict[tuple[str, date], Day] = field(default_factory=dict)

    def add(self, batch: Batch) -> None:
        """Count rows."""
        micros = batch.rows["time"].cast(pa.int64())
        hours = pc.divide(micros, pa.scalar(_HOUR_US))
        counted = pa.table({"hour": hours, "time": batch.rows["time"]}).group_by("hour")
        groups = counted.aggregate([("time", "min"), ("time", "max"), ("time", "count")]).to_pylist()
        seen: set[date] = set()
        for group in groups:
            first, last = group["time_min"].replace(tzinfo=UTC), group["time_max"].replace(tzinfo=UTC)
            day = self._day(batch, first)
            day.first, day.last = min(day.first, first), max(day.last, last)
            day.rows += group["time_count"]
            day.hours[first.hour] += group["time_count"]
            seen.add(first.date())
        self._see(batch, seen)

    def covered(self) -> Iterator[tuple[str, date, str, Day]]:
        """Table, day and network of all that was watched, with what was seen on that day."""
        for (telemetry, day), seen in sorted(self.days.items(), key=lambda item: item[0]):
            for network in sorted(seen.networks):
                yield telemetry, day, network, seen

    def _day(self, batch: Batch, first: datetime) -> Day:
        key = (table_name(batch.record), first.date())
        return self.days.setdefault(key, Day(first, first, set(self.networks)))

    def _see(self, batch: Batch, days: set[date]) -> None:
        """Note the networks of each day, and how coarsely it was looked."""
        for date_ in days:
            rows = batch.rows
            if len(days) > 1:
                rows = rows.filter(pc.equal(pc.cast(rows["time"], pa.date32()), pa.scalar(date_)))
            day = self.days[table_name(batch.record), date_]
            own = pc.max(rows["sampling"]).as_py() if "sampling" in rows.column_names else None
            day.sampling = max(day.sampling, own or self.sampling)
            if not self.networks:
                day.networks |= _networks(self.directory(date_), rows)


def _networks(directory: Directory, rows: pa.Table) -> set[str]:
    """Prefixes of the directory that hold an address of these rows, wider ones included."""
    named = [rows[name] for name in ADDRESSES if name in rows.column_names]
    addresses = {address for column in named for address in pc.unique(column).to_pylist()}
    found = set(directory.table.find([address for address in addresses if address]).tolist()) - {NONE}
    held = {index for inner in found for index in (inner, *directory.table.around(inner))}
    return {directory.networks[index].prefix for index in held}
