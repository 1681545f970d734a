"""Rules by the command line: they hide, cases and notices follow, and all of it can be undone."""

import json

from tests.cli.conftest import Ran, Tocsin


def rows(ran: Ran) -> list[dict[str, object]]:
    return [json.loads(line) for line in ran.out.splitlines()]


def test_a_rule_hides_what_is_there_and_gives_it_back(looked: Tocsin) -> None:
    ran = looked("rule", "add", "our-agent", "--peer", "198.51.100.7", "--port", "4444/tcp", "--reason", "Our agent.")
    assert (ran.code, ran.err) == (0, "")
    assert "1 finding hidden by rules" in ran.out.replace("\u202f", " ")
    assert looked("findings").out.endswith("1 finding hidden by rules: --all shows them, 'tocsin rule list' says why\n")
    assert rows(looked("findings", "--json")) == []
    (finding,) = rows(looked("findings", "--all", "--json"))
    assert finding["suppressed_by"] == "our-agent"
    assert "hidden by rule our-agent" in looked("findings", "--all").out
    assert [case["state"] for case in rows(looked("cases", "--json"))] == ["false_positive"]
    (rule,) = [rule for rule in rows(looked("rule", "list", "--json")) if rule["id"] == "our-agent"]
    assert (rule["findings_hidden"], rule["peers_hidden"], rule["holds"], rule["ships"]) == (1, 1, True, False)
    assert "our-agent  holds  hides 1 finding, 1 peer  isp" in looked("rule", "list").out

    assert looked("rule", "remove", "our-agent").code == 0
    assert len(rows(looked("findings", "--json"))) == 1
    assert [case["state"] for case in rows(looked("cases", "--json"))] == ["open"]


def test_a_hidden_peer_is_in_no_export(looked: Tocsin) -> None:
    looked("rule", "add", "our-agent", "--peer", "198.51.100.7", "--reason", "Our agent.")
    assert "198.51.100.7" not in looked("export", "stix").out
    assert "198.51.100.7" not in looked("export", "nftables").out


def test_a_rule_that_ships_is_switched_off(looked: Tocsin) -> None:
    assert looked("rule", "remove", "time").out.startswith("rule switched off: time\n")
    assert "time  off  hides no findings, no peers" in looked("rule", "list").out
    assert looked("rule", "add", "time").code == 0
    assert "time  holds" in looked("rule", "list").out


def test_a_scanner_is_named(looked: Tocsin) -> None:
    assert looked("rule", "add", "audit", "--scanner", "--subject", "192.0.2.10", "--reason", "Audit.").code == 0
    assert "known scanner: 192.0.2.10/32" in looked("rule", "list").out
    assert rows(looked("findings", "--json")) == []


def test_what_is_no_rule_is_refused(looked: Tocsin) -> None:
    for words in (("x",), ("x", "--port", "443/tcp"), ("x", "--until", "soon", "--reason", "Ours.")):
        ran = looked("rule", "add", *words)
        assert ran.code == 2
        assert ran.err.count("\n") == 1
    assert looked("rule", "remove", "x").code == 2
