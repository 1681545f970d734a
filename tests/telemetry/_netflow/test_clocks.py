"""Times out of the many ways in which exporters say them."""

import numpy as np
import pytest

from tocsin.telemetry._netflow.clocks import times
from tocsin.telemetry._uniflow import UNKNOWN

EXPORT = 1_767_225_660_000_000
START, END = EXPORT - 60_000_000, EXPORT - 58_500_000
NTP = START // 1_000_000 + 2_208_988_800
HALF = 1 << 31


@pytest.mark.parametrize(
    ("said", "uptime", "boot"),
    [
        ({"start_ms": START // 1000, "end_ms": END // 1000}, UNKNOWN, UNKNOWN),
        ({"start_before_us": 60_000_000, "end_before_us": 58_500_000}, UNKNOWN, UNKNOWN),
        ({"start_uptime": 40_000, "end_uptime": 41_500}, 100_000, UNKNOWN),
        ({"start_uptime": 2**32 - 10_000, "end_uptime": 2**32 - 8_500}, 50_000, UNKNOWN),
        ({"start_uptime": 40_000, "end_uptime": 41_500}, UNKNOWN, EXPORT // 1000 - 100_000),
        ({"start_uptime": 40_000, "end_uptime": 41_500, "boot_ms": EXPORT // 1000 - 100_000}, UNKNOWN, UNKNOWN),
        ({"start_ntp": NTP, "start_ntp_fraction": 0, "end_ntp": NTP + 1, "end_ntp_fraction": HALF}, UNKNOWN, UNKNOWN),
        ({"start_s": START // 1_000_000, "duration_ms": 1500}, UNKNOWN, UNKNOWN),
        ({"start_ms": START // 1000, "duration_us": 1_500_000}, UNKNOWN, UNKNOWN),
        ({"start_ms": START // 1000, "seen_ms": END // 1000}, UNKNOWN, UNKNOWN),
    ],
)
def test_start_and_end(said: dict[str, int], uptime: int, boot: int) -> None:
    found = {name: np.array([value]) for name, value in said.items()}
    start, end = times(found, np.array([EXPORT]), np.array([uptime]), np.array([boot]))
    assert (start.tolist(), end.tolist()) == ([START], [END])


def test_without_any_time_there_is_that_of_the_export() -> None:
    start, end = times({}, np.array([EXPORT]), np.array([UNKNOWN]), np.array([UNKNOWN]))
    assert (start.tolist(), end.tolist()) == ([EXPORT], [UNKNOWN])


def test_without_a_start_there_is_when_it_was_observed() -> None:
    start, _ = times({"seen_s": np.array([77])}, np.array([EXPORT]), np.array([UNKNOWN]), np.array([UNKNOWN]))
    assert start.tolist() == [77_000_000]


def test_uptimes_of_which_nothing_is_known_end_with_their_packet() -> None:
    found = {"start_uptime": np.array([5, 7_000, 1_000]), "end_uptime": np.array([2_005, 9_000, 4_000])}
    export = np.array([EXPORT, EXPORT, EXPORT + 1_000_000])
    unknown = np.full(3, UNKNOWN)
    start, end = times(found, export, unknown, unknown)
    assert (end - export).tolist() == [-6_995_000, 0, 0]
    assert (end - start).tolist() == [2_000_000, 2_000_000, 3_000_000]
