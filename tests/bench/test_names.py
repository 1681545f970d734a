"""The benchmark of names makes what it says, by chance and always the same."""

from pathlib import Path

import pytest

from bench.names import ASKED, BOTS_OF_EACH, Host, Maker, found, hosts, main
from tests.detect.questions import generated

POPULAR = [f"{one}{other}" for one in ("river", "garden", "silver") for other in ("bank", "house", "side", "works")]


def test_the_same_seed_makes_the_same_hosts() -> None:
    assert Maker(POPULAR).person() == Maker(POPULAR).person() != Maker(POPULAR, seed=1).person()


def test_a_bot_asks_for_names_in_the_order_of_its_family() -> None:
    names = generated(40)
    asked = [row["query"] for row in Maker(POPULAR).bot(names, 25) if row["query"] in names]
    assert len(asked) == 25
    assert asked == names[names.index(asked[0]) :][:25]


def test_a_planted_bot_is_found_and_a_person_is_not() -> None:
    made = Maker(POPULAR)
    kinds = [made.person(), made.bot(generated(60), 50), made.tunnel(180, "A", 300)]
    scores = found([Host(str(place), place > 0, rows) for place, rows in enumerate(kinds)])
    assert {place: list(named) for place, named in scores.items()} == {1: ["dga"], 2: ["dns_tunnel"]}


def test_only_families_that_are_long_enough_are_planted(test_data: Path) -> None:
    planted = [host for host in hosts(test_data / "domains") if host.bot]
    assert sum(host.kind == "simda" for host in planted) == BOTS_OF_EACH * len(ASKED)
    assert {host.size for host in planted if host.kind == "corebot"} == {12, 25}


def test_the_tables_are_printed(
    test_data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    every = [host for host in hosts(test_data / "domains") if host.kind in ("simda", "mail server")]
    monkeypatch.setattr("bench.names.hosts", lambda folder: iter(every))
    main(test_data / "domains")
    printed = capsys.readouterr().out
    assert "| mail server | 0 of 8 |" in printed
    assert "Others reported: 0." in printed
