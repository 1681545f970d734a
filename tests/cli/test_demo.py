"""The demo: the whole job on the capture that comes with Tocsin."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Tocsin

BOT, CONTROL = "192.168.1.195", "185.244.25.235"
FLOODED = {"123.59.209.185", "71.61.66.148"}
PERHAPS_FLOODED = {"66.67.61.168", "50.50.50.53", "74.91.117.248"}


@pytest.fixture
def shown(tocsin: Tocsin) -> Tocsin:
    """``tocsin`` over the demo's workspace, after one run."""
    ran = tocsin("demo", "--no-serve")
    assert (ran.code, ran.err) == (0, "")
    return lambda *words: tocsin("--workspace", "tocsin-demo", *words)


def test_the_bot_is_found_and_nobody_else(shown: Tocsin) -> None:
    findings = [json.loads(line) for line in shown("findings", "--json").out.splitlines()]
    assert {finding["host"] for finding in findings} == {BOT}
    peers = {
        behaviour: {peer["address"] for f in findings if f["behaviour"] == behaviour for peer in f["peers"]}
        for behaviour in ("c2_beacon", "c2_channel", "ddos_source")
    }
    assert peers["c2_beacon"] == peers["c2_channel"] == {CONTROL}
    assert {peer["port"] for f in findings if f["behaviour"] != "ddos_source" for peer in f["peers"]} == {6667}
    assert peers["ddos_source"] >= FLOODED
    assert peers["ddos_source"] <= FLOODED | PERHAPS_FLOODED
    assert len(findings) == 6


def test_one_case_with_the_responsible_party(shown: Tocsin) -> None:
    (case,) = [json.loads(line) for line in shown("cases", "--json").out.splitlines()]
    assert case["subject"] == {"kind": "host", "value": BOT}
    assert case["state"] == "open"
    assert case["responsible"]["party"] == "example-campus"
    assert case["responsible"]["alternatives"] == ["example-provider"]
    assert "192.168.1.0/24" in case["responsible"]["how"]
    assert len(case["notices"]) == len(case["mitigations"]) == 1


def test_what_lies_where_it_is_said(shown: Tocsin, tmp_path: Path) -> None:
    folder = tmp_path / "tocsin-demo"
    assert (folder / "report.html").read_text().lower().startswith("<!doctype html>")
    assert (folder / "report.pdf").read_bytes().startswith(b"%PDF-")
    assert f"{CONTROL} . tcp . 6667" in (folder / "block.nft").read_text()
    assert CONTROL in (folder / "findings.stix.json").read_text()
    (notice,) = (folder / "outbox" / "notices").iterdir()
    assert json.loads(notice.read_text())["source_identifier"] == BOT
    assert shown("doctor").code == 0


def test_a_second_run_gives_the_same(tocsin: Tocsin, shown: Tocsin, tmp_path: Path) -> None:
    folder = tmp_path / "tocsin-demo"
    before = listed(shown), digests(folder)
    again = tocsin("demo", "--no-serve")
    assert again.code == 0
    assert "1 file read before" in again.out
    assert (listed(shown), digests(folder)) == before


def test_another_folder_gives_the_same_ids(tocsin: Tocsin, shown: Tocsin, tmp_path: Path) -> None:
    assert tocsin("--workspace", "elsewhere", "demo", "--no-serve").code == 0
    assert listed(shown) == listed(lambda *words: tocsin("--workspace", "elsewhere", *words))
    assert digests(tmp_path / "elsewhere") == digests(tmp_path / "tocsin-demo")


def test_it_leaves_other_workspaces_alone(made: Tocsin, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ran = made("--workspace", "tocsin", "demo", "--no-serve")
    assert (ran.code, ran.out) == (2, "")
    assert "not the demo's workspace: tocsin" in ran.err
    monkeypatch.setenv("TOCSIN_WORKSPACE", "tocsin")
    monkeypatch.setenv("TOCSIN_LEDGER", f"sqlite:///{tmp_path}/mine.db")
    monkeypatch.setenv("TOCSIN_NOW", "2026-01-01T00:00:00Z")
    assert made("demo", "--no-serve").code == 0
    assert not (tmp_path / "mine.db").exists()
    assert "no cases yet" in made("--workspace", "tocsin", "cases").out


def listed(tocsin: Tocsin) -> list[str]:
    """All that is listed, as JSON."""
    verbs = (("findings",), ("cases",), ("measures", "--days", "1"))
    return [tocsin(*verb, "--json").out for verb in verbs]


def digests(folder: Path) -> dict[str, str]:
    """Digest of each file that a person would open."""
    kept = [path for path in folder.rglob("*") if path.suffix in {".html", ".pdf", ".nft", ".json"}]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in kept}
