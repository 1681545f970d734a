"""Rules for every file of the repository: it speaks of Tocsin alone, and nothing in it is left half-done."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Each pattern is written so that it does not match itself.
FORBIDDEN = {
    "a path of one machine": r"(?<![\w.])/(?:hom[e]|roo[t]|Users|wor[k]|mn[t])/\w",
    "something left to do": r"\b(?:TOD[O]|FIXM[E]|XX[X])\b",
    "a conflict of a merge": r"^(?:<{7}|>{7}) ",
}


def _tracked() -> list[Path]:
    """Text files that are part of the repository, or would be if all were added."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("git")
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


@pytest.mark.parametrize(("what", "pattern"), FORBIDDEN.items(), ids=FORBIDDEN)
def test_no_file_holds(what: str, pattern: str) -> None:
    found = []
    for file in _tracked():
        content = file.read_bytes()
        if b"\0" in content:
            continue
        lines = enumerate(content.decode("utf-8", "replace").splitlines(), 1)
        found += [f"{file.relative_to(ROOT)}:{number}" for number, line in lines if re.search(pattern, line)]
    assert not found, f"{what} stands in {', '.join(found)}"
