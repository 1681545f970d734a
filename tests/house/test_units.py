"""Rules for every unit: a reader, detector, response, format or measure is one file that says what it does."""

import inspect

import pytest

from scripts.reference import KINDS, PARAMETERS, Kind, defaults, parameters, sections
from tocsin.records import LAKE_TABLES, table_name
from tocsin.units import Unit, units

UNITS = [
    pytest.param(kind, unit, id=f"{kind.page}-{unit.name}") for kind in KINDS for unit in units(kind.package).values()
]
DETECTORS = [pytest.param(unit, id=unit.name) for unit in units("tocsin.detect").values()]

# What the function of each kind takes; a detector names the tables that it reads.
TAKES = {
    "read": ["content", "sensor", "sampling"],
    "act": ["workspace", "connection"],
    "write": ["export"],
    "measure": ["connection", "window"],
}
GIVEN = {"place", "name", "indicator"}
TABLES = {table_name(record) for record in LAKE_TABLES} | GIVEN | units("tocsin.detect.summaries").keys()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.page)
def test_every_kind_has_units(kind: Kind) -> None:
    assert units(kind.package), f"{kind.package} has no units: was the folder moved?"


@pytest.mark.parametrize(("kind", "unit"), UNITS)
def test_the_docstring_has_its_headings_in_order(kind: Kind, unit: Unit) -> None:
    found = [heading for heading in sections(unit.documentation) if heading != PARAMETERS]
    assert found == list(kind.headings), (
        f"{unit.file.name}: after its first line the docstring has these paragraphs, in this order: "
        f"{', '.join(kind.headings)}; each begins with its heading and a colon. It is the unit's page in the docs"
    )


@pytest.mark.parametrize(("kind", "unit"), UNITS)
def test_the_first_line_is_a_sentence(kind: Kind, unit: Unit) -> None:
    assert unit.summary.endswith("."), f"{unit.file.name}: the docstring's first line is one sentence, for listings"


@pytest.mark.parametrize(("kind", "unit"), UNITS)
def test_the_unit_has_the_function_of_its_kind(kind: Kind, unit: Unit) -> None:
    function = getattr(unit.load(), kind.function, None)
    assert inspect.isfunction(function), f"{unit.file.name}: {kind.title.lower()} offer a function '{kind.function}'"
    assert inspect.getdoc(function), f"{unit.file.name}: {kind.function} has a docstring that says what it returns"
    if kind.function in TAKES:
        assert list(inspect.signature(function).parameters) == TAKES[kind.function], (
            f"{unit.file.name}: {kind.function} takes ({', '.join(TAKES[kind.function])})"
        )


@pytest.mark.parametrize(("kind", "unit"), UNITS)
def test_parameters_are_documented_and_documented_parameters_are_there(kind: Kind, unit: Unit) -> None:
    documented, function = set(parameters(unit.documentation)), getattr(unit.load(), kind.function)
    keywords = {p.name for p in inspect.signature(function).parameters.values() if p.kind is p.KEYWORD_ONLY}
    assert keywords <= documented, f"{unit.file.name}: write a line under 'Parameters:' for {keywords - documented}"
    known = set(defaults(unit))
    assert documented <= known, f"{unit.file.name}: 'Parameters:' names {documented - known}, which is not there"


@pytest.mark.parametrize("unit", DETECTORS)
def test_a_detector_names_the_tables_it_reads(unit: Unit) -> None:
    taken = inspect.signature(unit.load().detect).parameters.values()
    tables = {parameter.name for parameter in taken if parameter.kind is not parameter.KEYWORD_ONLY}
    assert tables, f"{unit.file.name}: detect names the tables it reads: {', '.join(sorted(TABLES))}"
    assert tables <= TABLES, f"{unit.file.name}: no such table or summary: {', '.join(sorted(tables - TABLES))}"


@pytest.mark.parametrize("unit", DETECTORS)
def test_thresholds_are_keywords_with_defaults(unit: Unit) -> None:
    for parameter in inspect.signature(unit.load().detect).parameters.values():
        threshold = parameter.kind is parameter.KEYWORD_ONLY
        assert threshold == (parameter.default is not parameter.empty), (
            f"{unit.file.name}: {parameter.name}: tables come first and have no default; thresholds come after '*' "
            "and have one"
        )


@pytest.mark.parametrize("unit", DETECTORS)
def test_a_detector_can_explain_what_it_found(unit: Unit) -> None:
    assert inspect.isfunction(getattr(unit.load(), "explain", None)), (
        f"{unit.file.name}: 'explain' turns the evidence into one or two sentences that a customer can read"
    )


@pytest.mark.parametrize("unit", [pytest.param(unit, id=unit.name) for unit in units("tocsin.telemetry").values()])
def test_a_reader_of_lines_says_what_stands_above_them(unit: Unit) -> None:
    header = getattr(unit.load(), "header", None)
    assert header is None or list(inspect.signature(header).parameters) == ["above", "lines"], (
        f"{unit.file.name}: 'header' takes (above, lines), as telemetry/__init__.py says: name anything else otherwise"
    )
