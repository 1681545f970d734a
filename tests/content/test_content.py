"""Packaged files are found, and their absence is told in one line."""

import pytest

from tocsin.content import packaged
from tocsin.errors import WrongUse


def test_a_packaged_file_is_found() -> None:
    assert packaged("roadmap-2018.yaml").read_text(encoding="utf-8").startswith("#")


def test_one_that_is_not_there_is_told_in_one_line() -> None:
    with pytest.raises(WrongUse, match=r"^no such packaged file: nothing\.yaml: [^\n]+$"):
        packaged("nothing.yaml")
