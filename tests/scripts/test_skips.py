"""No test is left out unseen."""

from pathlib import Path

import pytest

from scripts.skips import main

RAN = '<testcase classname="tests.test_a" name="runs"/>'
GAP = '<testcase classname="tests.test_a" name="gap"><skipped type="pytest.xfail" message="a gap"/></testcase>'
SKIPPED = '<testcase classname="tests.test_a" name="waits"><skipped type="pytest.skip" message="java"/></testcase>'


def _compare(tmp_path: Path, cases: str, text: str) -> str:
    """What is said of a run with these cases and this list; empty when they agree."""
    report, file = tmp_path / "report.xml", tmp_path / "skips.txt"
    report.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
    file.write_text(text)
    try:
        main(report, file)
    except SystemExit as told:
        return str(told)
    return ""


@pytest.mark.parametrize(
    ("cases", "text"),
    [(RAN, ""), (RAN, "# nothing\n\n"), (RAN + GAP, ""), (RAN + SKIPPED, "# needs Java\ntests.test_a::waits java\n")],
)
def test_agreement_says_nothing(tmp_path: Path, cases: str, text: str) -> None:
    assert _compare(tmp_path, cases, text) == ""


@pytest.mark.parametrize(
    ("cases", "text", "said"),
    [
        (RAN + SKIPPED, "", "tests.test_a::waits java"),
        (RAN + SKIPPED, "tests.test_a::waits nft\n", "in {list}, and not skipped: tests.test_a::waits nft"),
        (RAN, "tests.test_a::waits java\n", "in {list}, and not skipped: tests.test_a::waits java"),
        ("", "", "no test was run"),
        (RAN + SKIPPED, "tests.test_b::x\ntests.test_a::waits java\n", "{list} is not sorted"),
    ],
)
def test_every_difference_is_told(tmp_path: Path, cases: str, text: str, said: str) -> None:
    assert said.replace("{list}", str(tmp_path / "skips.txt")) in _compare(tmp_path, cases, text)
