"""Others' rules are counted as Tocsin is."""

from pathlib import Path

import pytest

from bench.baselines import OURS, VICTIMS, main, text, verdict, wrong
from bench.verdicts import Count


def test_what_is_wrong_is_what_was_missed_and_who_was_accused() -> None:
    assert wrong(Count("a", "local_bot", missed=["x"], accused=["y", "z"], unseen=["v ddos_victim", "x dga"])) == 4


def test_the_rule_for_victims_is_compared_where_there_are_some() -> None:
    good, bad = Count("a", "local_bot"), Count("a", "local_bot", accused=["x"])
    assert verdict({OURS: bad, "flare": bad, VICTIMS: good}) == "as good"
    attacked = [Count("a", "ddos_victim", accused=count.accused) for count in (bad, bad, good)]
    assert verdict(dict(zip((OURS, "flare", VICTIMS), attacked, strict=True))) == "WORSE"


def test_the_table_adds_up() -> None:
    of = {OURS: Count("a", "local_bot"), "flare": Count("a", "local_bot", missed=["x"])}
    assert text({"a": of, "b": of}).splitlines()[-1].split() == ["in", "total", "0", "2"]


def test_a_capture_is_compared(test_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(test_data), "--only", "slips-portscan-vertical"])
    line = capsys.readouterr().out.splitlines()[2].split()
    assert line[0] == "slips-portscan-vertical"
    assert line[1:4] == ["0", "+", "0"]
