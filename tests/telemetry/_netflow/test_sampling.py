"""Rates that exporters state."""

import struct

import numpy as np

from tocsin.telemetry._netflow.sampling import MOST_SAMPLERS, Exporter, heed, rates, stated_rate
from tocsin.telemetry._uniflow import UNKNOWN


def test_what_is_no_rate_is_not_known() -> None:
    assert stated_rate({(0, 34): bytes(4)}) == UNKNOWN
    assert stated_rate({(0, 34): b"\xff" * 4}) == UNKNOWN
    assert stated_rate({(0, 311): struct.pack(">d", float("nan"))}) == UNKNOWN
    assert stated_rate({(0, 311): struct.pack(">f", 0)}) == UNKNOWN
    assert stated_rate({(0, 305): b"\x00", (0, 306): b"\x05"}) == UNKNOWN
    assert stated_rate({}) == UNKNOWN


def test_an_exporter_remembers_no_more_samplers_than_there_are() -> None:
    exporter = Exporter()
    for sampler in range(MOST_SAMPLERS + 10):
        heed(exporter, {(0, 48): sampler.to_bytes(4, "big"), (0, 50): b"\x0a"})
    assert len(exporter.samplers) == MOST_SAMPLERS


def test_options_may_say_when_the_exporter_was_started() -> None:
    exporter = Exporter()
    heed(exporter, {(0, 160): (1_767_225_600_000).to_bytes(8, "big")})
    assert (exporter.boot_ms, exporter.default) == (1_767_225_600_000, UNKNOWN)


def test_a_record_goes_before_its_sampler_and_that_before_the_exporter() -> None:
    exporter = Exporter(default=5, samplers={1: 10})
    found = {"sampler": np.array([1, 2, 1]), "sampling": np.array([0, 0, 20])}
    assert rates(found, exporter, slice(0, 3)).tolist() == [10, 5, 20]
    assert rates({"sampled": np.array([1]), "left_out": np.array([99])}, exporter, slice(0, 1)).tolist() == [100]


def test_the_only_sampler_holds_for_records_that_name_none() -> None:
    assert rates({}, Exporter(samplers={7: 10}), slice(0, 2)).tolist() == [10, 10]
    assert rates({}, Exporter(samplers={7: 10, 8: 20}), slice(0, 2)).tolist() == [UNKNOWN, UNKNOWN]
