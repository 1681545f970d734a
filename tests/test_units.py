"""A unit is found by being in its folder."""

import sys
from pathlib import Path

import pytest

from tocsin.units import units


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package with two units, a private file and a folder."""
    folder = tmp_path / "some_units"
    (folder / "deeper").mkdir(parents=True)
    (folder / "__init__.py").write_text('"""Some units."""\n')
    (folder / "_machinery.py").write_text("raise ImportError('not a unit')\n")
    (folder / "beta.py").write_text('"""Does beta.\n\nNeeds: nothing.\n"""\n\nVALUE = 2\n')
    (folder / "alpha.py").write_text("raise RuntimeError('imported')\n")
    (folder / "notes.txt").write_text("not Python")
    monkeypatch.syspath_prepend(tmp_path)
    yield_name = "some_units"
    units.cache_clear()
    for name in [name for name in sys.modules if name.startswith(yield_name)]:
        del sys.modules[name]
    return yield_name


def test_files_are_units_and_private_files_are_not(package: str) -> None:
    assert list(units(package)) == ["alpha", "beta"]


def test_finding_and_describing_imports_nothing(package: str) -> None:
    beta = units(package)["beta"]
    assert beta.documentation == "Does beta.\n\nNeeds: nothing."
    assert beta.summary == "Does beta."
    assert units(package)["alpha"].documentation == ""
    assert "some_units.beta" not in sys.modules


def test_a_unit_is_imported_when_it_is_used(package: str) -> None:
    assert units(package)["beta"].load().VALUE == 2
    with pytest.raises(RuntimeError, match="imported"):
        units(package)["alpha"].load()


@pytest.mark.parametrize("name", ["tocsin.nowhere", "tocsin.errors"])
def test_what_is_no_folder_is_refused(name: str) -> None:
    with pytest.raises(ModuleNotFoundError, match=f"no folder of units: {name}"):
        units(name)
