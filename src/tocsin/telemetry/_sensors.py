"""What each sensor has watched: networks, tables, days, at which sampling, and where it has gaps."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from tocsin.records import Coverage, Ingest
from tocsin.telemetry._coverage import HOURS

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Whole hours without a row between hours with rows, UTC: from the start of the first to the end of the last."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorDay:
    """What a sensor saw on a UTC day in one table; ``sampling`` is 1 in how many packets, at its coarsest."""

    day: date
    telemetry: str
    rows: int
    sampling: int
    networks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """One sensor, over all that was read of it. Times are UTC; None when no network of it is known to be watched."""

    sensor: str
    first: datetime | None
    last: datetime | None
    rows: int
    files: int
    quarantined: int
    sampling: int | None
    networks: tuple[str, ...]
    gaps: tuple[Gap, ...]
    days: tuple[SensorDay, ...]


def sensors(ingests: Iterable[Ingest], coverage: Iterable[Coverage]) -> list[Sensor]:
    """The sensors by name."""
    read: defaultdict[str, list[Ingest]] = defaultdict(list)
    seen: defaultdict[str, list[Coverage]] = defaultdict(list)
    for ingest in ingests:
        read[ingest.sensor].append(ingest)
    for covered in coverage:
        seen[covered.sensor].append(covered)
    return [_sensor(name, read[name], seen[name]) for name in sorted(read.keys() | seen.keys())]


def _sensor(name: str, ingests: Sequence[Ingest], seen: Sequence[Coverage]) -> Sensor:
    return Sensor(
        sensor=name,
        first=min((covered.first for covered in seen), default=None),
        last=max((covered.last for covered in seen), default=None),
        rows=sum(ingest.rows for ingest in ingests),
        files=len(ingests),
        quarantined=sum(ingest.quarantined for ingest in ingests),
        sampling=max((covered.sampling for covered in seen), default=None),
        networks=tuple(sorted({covered.network for covered in seen})),
        gaps=tuple(_gaps(_once(seen))),
        days=tuple(_days(seen)),
    )


def _once(seen: Iterable[Coverage]) -> list[Coverage]:
    """Coverage stands once for each network; the rows of a file, table and day are counted once."""
    return list({(covered.ingest, covered.telemetry, covered.day): covered for covered in seen}.values())


def _days(seen: Sequence[Coverage]) -> Iterator[SensorDay]:
    networks: defaultdict[tuple[date, str], set[str]] = defaultdict(set)
    for covered in seen:
        networks[covered.day, covered.telemetry].add(covered.network)
    rows: Counter[tuple[date, str]] = Counter()
    sampling: dict[tuple[date, str], int] = {}
    for covered in _once(seen):
        key = covered.day, covered.telemetry
        rows[key] += covered.rows
        sampling[key] = max(sampling.get(key, 1), covered.sampling)
    for day, telemetry in sorted(networks):
        key = day, telemetry
        yield SensorDay(
            day=day,
            telemetry=telemetry,
            rows=rows[key],
            sampling=sampling[key],
            networks=tuple(sorted(networks[key])),
        )


def _gaps(seen: Iterable[Coverage]) -> Iterator[Gap]:
    """Runs of hours without rows, whatever the table. Where hours were not counted, all between first and last have."""
    hours = sorted({hour for covered in seen for hour in _hours(covered)})
    for before, after in pairwise(hours):
        if after - before > HOUR:
            yield Gap(start=before + HOUR, end=after)


def _hours(covered: Coverage) -> Iterator[datetime]:
    midnight = datetime.combine(covered.day, time(), UTC)
    counted = covered.hours or [int(covered.first.hour <= hour <= covered.last.hour) for hour in range(HOURS)]
    return (midnight + number * HOUR for number, rows in enumerate(counted) if rows)
