"""The benchmark of NetFlow reads what it makes."""

from bench.telemetry_netflow import measure


def test_every_kind_of_export_is_read_whole() -> None:
    measured = list(measure(2000))
    assert [records for _, records, _ in measured] == [2000] * 4
    assert all(speed > 0 for _, _, speed in measured)
