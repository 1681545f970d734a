"""Fixtures for the tests of telemetry."""

from pathlib import Path

import pytest


@pytest.fixture
def samples() -> Path:
    """Small logs made for these tests, with addresses reserved for documentation."""
    return Path(__file__).parents[1] / "samples/zeek"
