"""Rules for every file of the source: short, plainly named, with a test where it stands."""

import ast
from collections.abc import Iterable
from graphlib import TopologicalSorter
from pathlib import Path
from statistics import median

import grimp
import pytest

ROOT = Path(__file__).parents[2]
SOURCE, TESTS = ROOT / "src" / "tocsin", ROOT / "tests"
FILES = sorted(SOURCE.rglob("*.py"))
LINES_MAX, MEDIAN_MAX = 400, 150
EMPTY_NAMES = {"utils", "util", "common", "base", "manager", "managers", "helpers", "helper", "misc"}


LOGIC = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.With, ast.Try)


def _each(files: Iterable[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("file", list(files), ids=lambda file: str(file.relative_to(SOURCE)))


def _lines(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


def _parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def _needs_test(file: Path) -> bool:
    """Whether a file is offered to others and does something, rather than only declare tables and constants."""
    offered = not file.name.startswith("_") and "migrations" not in file.parts
    return offered and any(isinstance(node, ast.FunctionDef) for node in ast.walk(_parsed(file)))


@_each(FILES)
def test_a_file_is_short(file: Path) -> None:
    assert _lines(file) <= LINES_MAX, f"{file}: {_lines(file)} lines: find the two things in it and part them"


def test_most_files_are_very_short() -> None:
    typical = median(_lines(file) for file in FILES)
    assert typical < MEDIAN_MAX, f"half of all files have {typical} lines or more: {MEDIAN_MAX} is the house's measure"


@_each(FILES)
def test_a_name_says_what_is_in_the_file(file: Path) -> None:
    words = {word for part in file.relative_to(SOURCE).with_suffix("").parts for word in part.split("_")}
    assert not words & EMPTY_NAMES, f"{file}: name it by what an operator would call what is in it"


@_each(file for file in FILES if file.name == "__init__.py")
def test_an_init_file_only_offers(file: Path) -> None:
    found = [type(node).__name__ for node in ast.walk(_parsed(file)) if isinstance(node, LOGIC)]
    assert not found, f"{file}: an __init__.py imports and names what the folder offers; move the rest to a file"


@_each(file for file in FILES if _needs_test(file))
def test_a_file_has_its_test_at_the_mirrored_path(file: Path) -> None:
    place = file.relative_to(SOURCE)
    test = TESTS / place.with_name(f"test_{place.name}")
    assert test.is_file(), f"{place} has no test: write {test.relative_to(ROOT)}"


def test_imports_run_in_no_circle() -> None:
    graph = grimp.build_graph("tocsin")
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    # Raises CycleError, which names the modules of the circle.
    TopologicalSorter(imports).prepare()
