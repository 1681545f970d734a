"""Fixtures for the tests of telemetry."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tocsin.workspace import Workspace

# Shortly after what the samples say.
NOW = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def samples() -> Path:
    """Small logs made for these tests, with addresses reserved for documentation."""
    return Path(__file__).parents[1] / "samples/zeek"


@pytest.fixture
def workspace(workspace: Workspace) -> Workspace:
    """The fresh workspace, whose clock stands after the samples: what is ahead of it would be quarantined."""
    file = workspace.folder / "tocsin.toml"
    lines = [line for line in file.read_text().splitlines() if not line.startswith("now")]
    file.write_text("\n".join([*lines, f"now = {NOW.isoformat()}"]) + "\n")
    return replace(workspace, settings=workspace.settings.model_copy(update={"now": NOW}))
