"""What sensors have watched, and where they have gaps."""

from datetime import UTC, date, datetime

from tocsin.records import Coverage, Ingest
from tocsin.telemetry import sensors

KEPT = {"party": "p", "marking": "TLP:AMBER", "source": "test"}


def ingest(id_: str, rows: int, sensor: str = "edge") -> Ingest:
    return Ingest(
        **KEPT, id=id_, path="conn.log", digest="0", bytes=1, head=None, parts=1, format="zeek_conn", sensor=sensor,
        rows=rows, quarantined=1, note=None, time=datetime(2026, 1, 9, tzinfo=UTC),
    )  # fmt: skip


def covered(id_: str, day: int, hours: list[int], network: str = "192.0.2.0/24", sampling: int = 1) -> Coverage:
    counted = [hours.count(hour) for hour in range(24)]
    first, last = (datetime(2026, 1, day, hour, 30, tzinfo=UTC) for hour in (min(hours), max(hours)))
    return Coverage(
        **KEPT, ingest=id_, sensor="edge", network=network, day=date(2026, 1, day), telemetry="flow", first=first,
        last=last, rows=len(hours), hours=counted, sampling=sampling,
    )  # fmt: skip


def test_rows_count_once_however_many_networks_were_watched() -> None:
    seen = [covered("a", 5, [8, 9]), covered("a", 5, [8, 9], "198.51.100.0/24"), covered("b", 5, [9], sampling=100)]
    (edge,) = sensors([ingest("a", 2), ingest("b", 1)], seen)
    assert (edge.rows, edge.files, edge.quarantined, edge.sampling) == (3, 2, 2, 100)
    assert edge.networks == ("192.0.2.0/24", "198.51.100.0/24")
    (day,) = edge.days
    assert (day.rows, day.sampling, day.networks) == (3, 100, edge.networks)
    assert edge.gaps == ()


def test_hours_and_days_without_rows_are_gaps() -> None:
    seen = [covered("a", 5, [8, 9, 12, 23]), covered("b", 6, [0]), covered("c", 9, [1])]
    (edge,) = sensors([], seen)
    told = [(gap.start.day, gap.start.hour, gap.end.day, gap.end.hour) for gap in edge.gaps]
    assert told == [(5, 10, 5, 12), (5, 13, 5, 23), (6, 1, 9, 1)]


def test_what_was_read_before_hours_were_counted_has_no_gaps_within_a_day() -> None:
    old = covered("a", 5, [3, 20])
    (edge,) = sensors(
        [], [Coverage(**{**{name: getattr(old, name) for name in old.__dataclass_fields__}, "hours": []})]
    )
    assert edge.gaps == ()


def test_a_sensor_without_a_known_network_is_told_too() -> None:
    (tap,) = sensors([ingest("a", 7, "tap")], [])
    assert (tap.sensor, tap.rows, tap.first, tap.networks, tap.days) == ("tap", 7, None, (), ())
