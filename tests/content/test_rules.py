"""The rules that ship with Tocsin are narrow, and say why and whence."""

import pytest

from tocsin.content import packaged, warninglist
from tocsin.detect import shipped
from tocsin.records import Rule

# What only its own traffic shows, by regularity and volume.
MAY_HIDE = {"c2_beacon", "c2_channel", "exfiltration"}
RULES = [pytest.param(rule, id=name) for name, rule in shipped().items()]


def test_there_are_rules_for_what_ordinary_devices_do() -> None:
    assert {"update-services", "time", "resolvers", "monitoring", "backup", "content-networks"} <= shipped().keys()


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_that_ships_is_narrow(rule: Rule) -> None:
    assert set(rule.matches["behaviours"]) <= MAY_HIDE
    assert rule.matches["ports"], "it names the ports of its service"
    assert rule.matches.get("names") or rule.id == "resolvers", "a network alone carries bots' servers too"
    assert "subjects" not in rule.matches


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_that_ships_says_why_and_whence(rule: Rule) -> None:
    assert rule.reason.endswith(".")
    assert rule.source.endswith(".")


def test_every_packed_list_is_credited() -> None:
    credit = packaged("warninglists/CREDIT.md").read_text(encoding="utf-8")
    files = [file.name for file in packaged("warninglists").iterdir() if file.name.endswith(".xz")]
    assert files
    for file in files:
        assert f"| {file.removesuffix('.txt.xz')} |" in credit
        assert warninglist(file.removesuffix(".txt.xz"))
