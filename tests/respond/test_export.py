import json
from dataclasses import replace
from datetime import date

import pytest

from tests.formats.infected import CASE, FINDINGS, MITIGATION
from tests.respond.infected import ATTACKED, CONTROL, HOST, infect, marked
from tocsin.errors import WrongUse
from tocsin.parties.enrol import Entry, enrol
from tocsin.records import Membership
from tocsin.respond import export
from tocsin.store.ledger import Ledger, put
from tocsin.workspace import MARKINGS, Workspace

KEPT = {"party": "example-provider", "marking": "TLP:AMBER", "source": "test"}


@pytest.fixture
def known(workspace: Workspace, ledger: Ledger) -> Ledger:
    """A ledger that knows a fellow, who shares a community with the operator, and a stranger."""
    since = date(2018, 1, 1)
    with ledger.write() as connection:
        for name in ("example-fellow", "example-stranger"):
            enrol(connection, workspace, Entry(id=name, since=since))
        for name in ("example-provider", "example-fellow"):
            put(connection, [Membership(community="isac", member=name, joined=since, left=None, **KEPT)])
        put(connection, [MITIGATION])
    return ledger


def mark_all(ledger: Ledger, marking: str) -> None:
    infect(ledger, replace(CASE, marking=marking), marked(marking))
    with ledger.write() as connection:
        put(connection, [replace(MITIGATION, marking=marking)])


# What a recipient learns from STIX: everything, the device but no attacked address, the control server, or nothing.
ALL, OWN, SERVER, NOTHING = {HOST, CONTROL, ATTACKED}, {HOST, CONTROL}, {CONTROL}, set[str]()
LEARNS = {
    "example-provider": (ALL, ALL, ALL, ALL, NOTHING),
    "example-campus": (OWN, OWN, OWN, NOTHING, NOTHING),
    "example-fellow": (SERVER, SERVER, NOTHING, NOTHING, NOTHING),
    "members": (SERVER, SERVER, NOTHING, NOTHING, NOTHING),
    "example-stranger": (SERVER, NOTHING, NOTHING, NOTHING, NOTHING),
    "public": (SERVER, NOTHING, NOTHING, NOTHING, NOTHING),
}


@pytest.mark.parametrize("recipient", LEARNS)
@pytest.mark.parametrize("number", range(len(MARKINGS)), ids=MARKINGS)
def test_each_recipient_learns_what_the_marking_allows(
    workspace: Workspace, known: Ledger, recipient: str, number: int
) -> None:
    mark_all(known, MARKINGS[number])
    expected = LEARNS[recipient][number]
    if not expected:
        with pytest.raises(WrongUse, match=f"nothing may go to {recipient}: 1 refused: case {CASE.id}: TLP:"):
            export(workspace, known, "stix", recipient)
        return
    content = export(workspace, known, "stix", recipient).content.decode()
    assert {address for address in ALL if address in content} == expected
    assert json.loads(content)["objects"][0]["name"] == MARKINGS[number]


@pytest.mark.parametrize("name", ["nftables", "stix", "xarf"])
@pytest.mark.parametrize("recipient", ["example-provider", "example-campus"])
def test_a_red_finding_never_leaves(workspace: Workspace, known: Ledger, name: str, recipient: str) -> None:
    infect(known, findings=marked("TLP:RED", lambda finding: finding.behaviour == "c2_channel"))
    exported = export(workspace, known, name, recipient)
    assert (exported.cases, exported.findings) == (1, 3)
    assert exported.refused == (f"finding {FINDINGS[2].id}: TLP:RED never leaves",)
    assert FINDINGS[2].id not in exported.content.decode()
    assert "c2_channel" not in exported.content.decode()


def test_the_whole_has_the_strictest_marking_of_its_parts(workspace: Workspace, ledger: Ledger) -> None:
    infect(ledger, findings=marked("TLP:AMBER+STRICT", lambda finding: finding.behaviour == "ddos_source"))
    content = export(workspace, ledger, "stix").content
    assert json.loads(content)["objects"][0]["name"] == "TLP:AMBER+STRICT"


def test_the_operator_is_the_recipient_unless_another_is_named(workspace: Workspace, ledger: Ledger) -> None:
    infect(ledger)
    assert export(workspace, ledger, "stix") == export(workspace, ledger, "stix", "example-provider")


@pytest.mark.parametrize("name", ["nftables", "stix", "xarf"])
def test_two_exports_have_the_same_bytes(workspace: Workspace, known: Ledger, name: str) -> None:
    infect(known)
    assert export(workspace, known, name) == export(workspace, known, name)
    assert export(workspace, known, name).content


def test_blocks_are_exported_while_they_last(workspace: Workspace, known: Ledger) -> None:
    infect(known)
    assert CONTROL in export(workspace, known, "nftables").content.decode()
    with known.write() as connection:
        put(connection, [replace(MITIGATION, state="ended")])
    assert CONTROL not in export(workspace, known, "nftables").content.decode()


def test_who_may_not_know_the_device_does_not_get_its_case(workspace: Workspace, known: Ledger) -> None:
    mark_all(known, "TLP:GREEN")
    content = export(workspace, known, "nftables", "example-fellow").content.decode()
    assert CONTROL in content
    assert CASE.id not in content
    with pytest.raises(WrongUse, match="XARF reports name infected devices"):
        export(workspace, known, "xarf", "example-fellow")


def test_cases_that_proved_false_and_hidden_findings_are_left_out(workspace: Workspace, ledger: Ledger) -> None:
    infect(ledger, case=replace(CASE, state="false_positive"))
    assert (export(workspace, ledger, "stix").cases, export(workspace, ledger, "xarf").content) == (0, b"")
    infect(ledger, findings=[replace(finding, suppressed_by="rule") for finding in FINDINGS])
    assert export(workspace, ledger, "stix").findings == 0


def test_an_empty_ledger_gives_an_empty_document(workspace: Workspace, ledger: Ledger) -> None:
    exported = export(workspace, ledger, "stix")
    assert (exported.cases, exported.findings, exported.refused) == (0, 0, ())
    assert [thing["type"] for thing in json.loads(exported.content)["objects"]] == ["marking-definition", "identity"]


@pytest.mark.parametrize(
    ("name", "recipient", "message"),
    [
        ("pdf", None, "no such format: pdf: choose one of nftables, stix, xarf"),
        ("stix", "nobody", "no such party: nobody"),
    ],
)
def test_what_is_not_there_is_said_in_one_line(
    workspace: Workspace, ledger: Ledger, name: str, recipient: str | None, message: str
) -> None:
    with pytest.raises(WrongUse, match=message):
        export(workspace, ledger, name, recipient)
