"""Findings are right when their host was planted."""

from dataclasses import replace

import pytest

from bench.calibration import text, wilson
from tests.bench.test_accuracy import finding


def test_findings_are_counted_by_their_score() -> None:
    findings = [finding("192.0.2.1"), finding("192.0.2.2"), replace(finding("192.0.2.3"), score=0.75)]
    told = text(findings, {"192.0.2.1", "192.0.2.9"}).splitlines()
    assert told[1].split()[:5] == ["0.9", "to", "1.0", "2", "1"]
    assert told[3].split()[:5] == ["0.7", "to", "0.8", "1", "0"]
    assert told[-1] == "1 of 2 planted hosts found"


def test_the_interval_is_wilsons() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(95, 100) == pytest.approx((0.8882, 0.9785), abs=1e-4)
