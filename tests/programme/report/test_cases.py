from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tests.formats.infected import CASE
from tocsin.cases import happen
from tocsin.programme.report.shape import Document
from tocsin.records import Case, Finding, Flow, Peer
from tocsin.store.lake import lake_files
from tocsin.store.ledger import Ledger, put, read
from tocsin.workspace import Workspace


def test_a_case_says_whose_it_is_and_how_that_is_known(document: Document) -> None:
    (case,) = document["cases"]
    assert case["responsible"] == "example-campus"
    assert "192.168.1[.]195 lies in 192.168.1.0/24" in case["responsible_how"]
    assert case["alternatives"] == "example-provider"
    assert case["state"] == "open; nobody has been told"


def test_behaviours_are_told_in_plain_words(document: Document) -> None:
    (case,) = document["cases"]
    assert case["sentence"] == (
        "192.168.1[.]195 calls a control server at regular intervals, keeps a channel to a control server open and "
        "takes part in flooding another address."
    )
    beacon = case["behaviours"][0]
    assert (beacon["technique"], beacon["confidence"], len(beacon["explanations"])) == ("T1071", 90, 2)


def test_the_history_has_events_and_notices_in_order(document: Document) -> None:
    (case,) = document["cases"]
    assert [event["text"] for event in case["history"]] == ["Found: 4 findings", "Notice to example-campus written"]


def test_pictures_need_the_traffic_to_be_in_the_lake_still(
    built: Callable[..., Document], filled: Workspace, ledger: Ledger
) -> None:
    assert [picture["kind"] for picture in built()["cases"][0]["pictures"]] == ["strip", "pulse", "thread"]
    with ledger.write() as connection:
        for file in lake_files(connection, Path(filled.lake), Flow):
            file.unlink()
        connection.exec_driver_sql("DELETE FROM lake_file")
    assert [picture["kind"] for picture in built()["cases"][0]["pictures"]] == ["thread"]


def test_a_finding_that_a_rule_hides_is_not_told(built: Callable[..., Document], ledger: Ledger) -> None:
    with ledger.write() as connection:
        put(connection, [replace(finding, suppressed_by="rule") for finding in read(connection, Finding)])
    (case,) = built()["cases"]
    assert all(behaviour["explanations"] == [] for behaviour in case["behaviours"]) and case["peers"] == []


def test_peers_known_by_name_only_are_named(built: Callable[..., Document], ledger: Ledger) -> None:
    with ledger.write() as connection:
        flood = next(finding for finding in read(connection, Finding) if finding.behaviour == "ddos_source")
        sought = Peer(address=None, port=None, proto="udp", name="qxzkv.example")
        told = "192.168.1.195 has asked for qxzkv.example."
        put(connection, [replace(flood, behaviour="dga", peers=[sought], evidence=[{}], explanation=told)])
        put(connection, [replace(kept, behaviours=["dga"]) for kept in read(connection, Case)])
    (case,) = built()["cases"]
    assert {"text": "qxzkv[.]example", "part": "looked for"} in case["peers"]
    (behaviour,) = case["behaviours"]
    assert behaviour["explanations"][0].endswith("192.168.1[.]195 has asked for qxzkv[.]example.")


def test_the_state_is_that_of_the_moment(built: Callable[..., Document], filled: Workspace, ledger: Ledger) -> None:
    with ledger.write() as connection:
        happen(connection, filled, CASE, "acknowledge", "test")
    assert built()["cases"][0]["state"] == "told and acknowledged"
    assert built(as_of=filled.now() - timedelta(hours=1))["cases"][0]["state"].startswith("open")
