"""Writes docs/reference from what the code says of itself: units, tables of the vocabulary, and the command line.

``python scripts/reference.py`` writes the pages; with ``--check`` it only says which of them are not in step.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import typer
from typer.testing import CliRunner

from tocsin.cli import application
from tocsin.records import LAKE_TABLES, LEDGER_TABLES, Record, columns, table_name
from tocsin.units import Unit, units

PAGES = Path(__file__).parent.parent / "docs" / "reference"
VERBS = "tocsin.cli"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of unit: its folder, its page, the function that each has, and the headings of its docstring in order."""

    package: str
    page: str
    title: str
    function: str
    headings: tuple[str, ...]


KINDS = (
    Kind("tocsin.telemetry", "readers", "Readers", "read", ("Reads", "Gives", "Leaves out", "Learn more")),
    Kind(
        "tocsin.detect",
        "detectors",
        "Detectors",
        "detect",
        ("Sees", "Needs", "Misses", "Alarms falsely on", "Learn more"),
    ),
    Kind("tocsin.respond", "responses", "Notices and mitigations", "act", ("Does", "Needs", "Undo", "Learn more")),
    Kind("tocsin.formats", "formats", "Formats", "write", ("Writes", "Needs", "Leaves out", "Learn more")),
    Kind(
        "tocsin.programme.measures",
        "measures",
        "Measures",
        "measure",
        ("Says", "Formula", "Needs", "Misleads when", "Learn more"),
    ),
)
PARAMETERS = "Parameters"


def sections(documentation: str) -> dict[str, str]:
    """Paragraphs of a docstring by their headings, in order; what stands under none is left out.

    >>> sections("Sees it.\\n\\nNeeds: much,\\n    and more.\\n\\nStill more.\\n\\nLearn more: RFC 1.")
    {'Needs': 'much,\\n    and more.\\n\\nStill more.', 'Learn more': 'RFC 1.'}
    """
    found: dict[str, str] = {}
    heading = ""
    for paragraph in documentation.split("\n\n")[1:]:
        if match := re.match(r"([A-Z][a-z]+(?: [a-z]+){0,2}):\s+", paragraph):
            heading = match[1]
            found[heading] = paragraph[match.end() :]
        elif heading:
            found[heading] += "\n\n" + paragraph
    return found


def parameters(documentation: str) -> dict[str, str]:
    """What the docstring of a unit says of its parameters, by name.

    >>> parameters("Sees it.\\n\\nParameters:\\n    one: first\\n        and more\\n    two: second")
    {'one': 'first and more', 'two': 'second'}
    """
    text = "    " + sections(documentation).get(PARAMETERS, "")
    return {
        name: " ".join(meaning.split())
        for name, meaning in re.findall(r"^ {4}(\w+): (.+(?:\n {5,}.+)*)", text, re.MULTILINE)
    }


def defaults(unit: Unit) -> dict[str, str]:
    """Defaults of the keyword-only parameters of a unit's functions, and its constants, as they are written."""
    tree = ast.parse(unit.file.read_text(encoding="utf-8"))
    found: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            pairs = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
            found |= {argument.arg: ast.unparse(value) for argument, value in pairs if value is not None}
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = ast.unparse(node.value)
    return found


def pages() -> dict[str, str]:
    """Every page by its file name."""
    written = {f"{kind.page}.md": _kind_page(kind) for kind in KINDS}
    written["tables.md"] = _tables_page()
    written["command-line.md"] = _command_line_page()
    return {"README.md": _index_page(), **written}


def _index_page() -> str:
    lines = ["# Reference", "", "These pages are written from the code by `make docs`.", ""]
    for kind in KINDS:
        lines += [f"## [{kind.title}]({kind.page}.md)", ""]
        lines += [f"- [{unit.name}]({kind.page}.md#{unit.name}): {_markdown(unit.summary)}" for unit in _units(kind)]
        lines.append("")
    lines += ["## [Tables](tables.md)", "", "Every table of the lake and of the ledger, with its columns.", ""]
    lines += ["## [Command line](command-line.md)", ""]
    lines += [
        f"- [tocsin {unit.name}](command-line.md#tocsin-{unit.name}): {unit.summary}" for unit in units(VERBS).values()
    ]
    return _page(lines)


def _kind_page(kind: Kind) -> str:
    lines = [f"# {kind.title}", ""]
    for unit in _units(kind):
        lines += [f"## {unit.name}", "", _markdown(unit.summary), ""]
        for heading, text in sections(unit.documentation).items():
            if heading == PARAMETERS:
                lines += [*_parameters(unit), ""]
            else:
                lines += [f"**{heading}:** {_markdown(text)}", ""]
        lines += [f"Code: [{_code(unit)}](../../{_code(unit)})", ""]
    return _page(lines)


def _parameters(unit: Unit) -> Iterator[str]:
    values = defaults(unit)
    yield from _table(
        ("Parameter", "Default", "Meaning"),
        (
            (f"`{name}`", f"`{values.get(name, '')}`", meaning)
            for name, meaning in parameters(unit.documentation).items()
        ),
    )


def _tables_page() -> str:
    lines = ["# Tables", "", "Null means that it is not known, never zero. Times are UTC with microseconds.", ""]
    lines += ["## The lake", "", "Telemetry, as Parquet: one folder a table, one folder a UTC day.", ""]
    for lake_record in LAKE_TABLES:
        lines += _record(lake_record, ())
    lines += ["## The ledger", "", "Everything else, as SQL. The columns of the key are marked with an asterisk.", ""]
    for record, key in LEDGER_TABLES.items():
        lines += _record(record, key)
    return _page(lines)


def _record(record: type[Record], key: tuple[str, ...]) -> list[str]:
    rows = (
        (
            f"`{column.name}`" + ("*" if column.name in key else ""),
            column.kind.value + (" or null" if column.nullable else ""),
            column.meaning,
        )
        for column in columns(record)
    )
    about = (record.__doc__ or "").partition("\n\n    Attributes")[0].partition("\n\nAttributes")[0]
    return [f"### {table_name(record)}", "", _markdown(about), "", *_table(("Column", "Kind", "Meaning"), rows), ""]


def _command_line_page() -> str:
    app = application(list(units(VERBS)))
    lines = ["# Command line", "", *_help(app, []), ""]
    for unit in units(VERBS).values():
        lines += [f"## tocsin {unit.name}", "", *_help(app, [unit.name]), ""]
        for verb in getattr(unit.load(), "VERBS", {}):
            lines += [f"### tocsin {unit.name} {verb}", "", *_help(app, [unit.name, verb]), ""]
    return _page(lines)


def _help(app: typer.Typer, words: list[str]) -> list[str]:
    result = CliRunner().invoke(app, [*words, "--help"], prog_name="tocsin", terminal_width=100, catch_exceptions=False)
    text = "\n".join(line.rstrip() for line in result.output.strip().splitlines())
    return ["```text", text, "```"]


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(_markdown(cell).replace('|', chr(92) + '|') for cell in row)} |"


def _markdown(text: str) -> str:
    """Docstring text as Markdown: lines joined, paragraphs kept, code in single backticks."""
    paragraphs = [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]
    return "\n\n".join(paragraphs).replace("``", "`")


def _units(kind: Kind) -> Iterable[Unit]:
    return units(kind.package).values()


def _code(unit: Unit) -> str:
    return f"src/{unit.module.replace('.', '/')}.py"


def _page(lines: list[str]) -> str:
    return "\n".join(lines).strip() + "\n"


def main() -> None:
    """Write the pages, or with ``--check`` say which are not in step."""
    wanted = pages()
    there = {path.name: path.read_text(encoding="utf-8") for path in PAGES.glob("*.md")}
    stale = sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))
    if "--check" in sys.argv[1:]:
        sys.exit(f"docs/reference is not in step ({', '.join(stale)}): run 'make docs'" if stale else 0)
    PAGES.mkdir(parents=True, exist_ok=True)
    for name in stale:
        if name in wanted:
            (PAGES / name).write_text(wanted[name], encoding="utf-8")
        else:
            (PAGES / name).unlink()
    print(f"docs/reference: {len(stale)} of {len(wanted)} pages written anew")


if __name__ == "__main__":
    main()
