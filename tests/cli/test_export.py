"""Exports go to a file or to stdout."""

import json
from pathlib import Path

from tests.cli.conftest import Tocsin


def test_to_a_file_or_stdout(looked: Tocsin, tmp_path: Path) -> None:
    assert json.loads(looked("export", "stix").out)["type"] == "bundle"
    ran = looked("export", "nftables", "-o", "block.nft")
    assert (ran.code, ran.out) == (0, "")
    assert "198.51.100.7" in (tmp_path / "block.nft").read_text()


def test_what_cannot_be_written(looked: Tocsin) -> None:
    ran = looked("export", "fax")
    assert (ran.code, ran.out) == (2, "")
    assert "no such format: fax" in ran.err
    ran = looked("export", "stix", "-o", "no/such/folder/x.json")
    assert ran.code == 2
    assert "cannot be written: no/such/folder/x.json: No such file or directory" in ran.err


def test_what_may_not_go_is_refused(looked: Tocsin) -> None:
    ran = looked("export", "stix", "--to", "public")
    assert (ran.code, ran.out) == (2, "")
    assert "nothing may go to public" in ran.err
