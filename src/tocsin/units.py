"""Units: a reader, detector, notice, mitigation, format, measure or verb is found by being in its folder.

This is the only place that imports lazily. A unit's name and docstring are read from its file, so that listings and
``--help`` cost nothing; its code is imported when it is used.
"""

import ast
import importlib
import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that was found, not yet imported."""

    name: str
    module: str
    file: Path

    @property
    def documentation(self) -> str:
        """The docstring of the unit's file."""
        return _documentation(self.file)

    @property
    def summary(self) -> str:
        """The first line of the docstring."""
        return self.documentation.partition("\n")[0]

    def load(self) -> ModuleType:
        """Import the unit."""
        return importlib.import_module(self.module)


@cache
def units(package: str) -> dict[str, Unit]:
    """Units in the folder of ``package``, by name. Files whose name begins with an underscore are not units.

    >>> {"argus", "netflow"} <= units("tocsin.telemetry").keys()
    True
    """
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"no folder of units: {package}")
    files = sorted(
        file for folder in spec.submodule_search_locations for file in Path(folder).glob("*.py") if file.stem[0] != "_"
    )
    return {file.stem: Unit(file.stem, f"{package}.{file.stem}", file) for file in files}


@cache
def _documentation(file: Path) -> str:
    return ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
