"""Making a workspace."""

import tomllib
from pathlib import Path

import pytest

from tests.cli.conftest import Tocsin


def test_a_workspace_is_made(tocsin: Tocsin, tmp_path: Path) -> None:
    ran = tocsin("init", "mine", "--party", "isp", "--name", "An ISP", "--networks", "192.0.2.0/24, 2001:db8::/32")
    assert ran.code == 0
    assert "next: tocsin --workspace mine ingest PATH" in ran.out
    assert tomllib.loads((tmp_path / "mine" / "tocsin.toml").read_text()) == {"party": "isp", "marking": "TLP:AMBER"}
    listed = tocsin("--workspace", "mine", "party", "list").out
    assert listed.startswith("isp  An ISP  operator  192.0.2.0/24, 2001:db8::/32")
    assert "G1 " in tocsin("--workspace", "mine", "roadmap").out


def test_without_networks_it_says_what_to_do_next(tocsin: Tocsin) -> None:
    assert "party add isp --networks" in tocsin("init", "--party", "isp").out


def test_it_takes_no_others_place(made: Tocsin) -> None:
    ran = made("init", "--party", "other")
    assert (ran.code, ran.out) == (2, "")
    assert "there is a workspace already: tocsin" in ran.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--party", "Not Good"), "not a party id: Not Good"),
        (("--party", "public"), "that word names an audience"),
        (("--party", "isp", "--networks", "192.0.2.1/24"), "not a network: 192.0.2.1/24"),
        (("--party", "isp", "--marking", "TLP:PURPLE"), "must be one of TLP:CLEAR"),
    ],
)
def test_what_is_wrong_makes_nothing(tocsin: Tocsin, tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    ran = tocsin("init", *words)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    assert list(tmp_path.iterdir()) == []
