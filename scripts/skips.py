"""Compares the tests that a run skipped with those that may be: ``python scripts/skips.py REPORT.xml LIST.txt``.

The report is pytest's JUnit XML. The list has one test a line, its id and the reason; ``#`` begins a comment. Fails
when the two differ or when no test was run, and says what to do.
"""

import sys
from pathlib import Path
from xml.etree import ElementTree


def skipped(report: Path) -> tuple[int, set[str]]:
    """Number of tests in a report, and a line about each that was skipped; one that is expected to fail was not."""
    cases = list(ElementTree.parse(report).getroot().iter("testcase"))
    lines = {
        f"{case.get('classname')}::{case.get('name')} {' '.join(mark.get('message', '').split())}".strip()
        for case in cases
        for mark in case.iter("skipped")
        if mark.get("type") != "pytest.xfail"
    }
    return len(cases), lines


def listed(file: Path) -> list[str]:
    """Lines of a list, without its comments."""
    lines = (line.partition("#")[0].strip() for line in file.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line]


def main(report: Path, file: Path) -> None:
    """Compare; ends with what is wrong, or with nothing."""
    count, found = skipped(report)
    allowed = listed(file)
    problems = [] if count else ["no test was run"]
    problems += [f"skipped, and not in {file}: {line}" for line in sorted(found - set(allowed))]
    problems += [f"in {file}, and not skipped: {line}" for line in sorted(set(allowed) - found)]
    problems += [] if allowed == sorted(allowed) else [f"{file} is not sorted"]
    if problems:
        advice = f"install what the reason names, or write the line into {file}; take out lines that no longer hold"
        sys.exit("\n".join([*problems, advice]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
