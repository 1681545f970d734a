import json
from dataclasses import replace
from typing import Any

import pytest
import stix2.v21 as stix
from stix2validator import ValidationOptions, validate_string
from syrupy.assertion import SnapshotAssertion

from tocsin.access import without_victims
from tocsin.formats import Export
from tocsin.formats._stix import TECHNIQUES, TLP_IDS
from tocsin.formats.stix import write
from tocsin.records import BEHAVIOURS
from tocsin.workspace import MARKINGS

HOST = "192.168.1.195"


def objects(export: Export) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(write(export))["objects"]
    return found


def of_type(export: Export, kind: str) -> list[dict[str, Any]]:
    return [thing for thing in objects(export) if thing["type"] == kind]


def problems(content: bytes) -> list[str]:
    """What OASIS's validator says when recommendations count as rules, but for two.

    103 wants random ids: STIX 2.1, section 2.9, allows others outside its own namespace, and ours must repeat. 301
    wants source ports: a day's traffic has many.
    """
    options = ValidationOptions(version="2.1", strict=True, enforce_refs=True, disabled="103,301")
    results = validate_string(content.decode(), options)
    return [str(problem) for problem in (*results.errors, *results.warnings)]


def test_the_sample_is_written_as_agreed(export: Export, snapshot: SnapshotAssertion) -> None:
    assert write(export).decode() == snapshot


@pytest.mark.parametrize("marking", MARKINGS)
def test_the_validator_finds_nothing(export: Export, marking: str) -> None:
    assert problems(write(replace(export, marking=marking))) == []


def test_hard_input_is_valid_too(export: Export, over_ipv6: Export, without_peers: Export) -> None:
    masked = replace(export, findings=tuple(without_victims(finding) for finding in export.findings))
    empty = replace(export, cases=(), findings=(), mitigations=())
    for hard in (over_ipv6, without_peers, masked, empty, replace(export, subjects=False)):
        assert problems(write(hard)) == []


def test_peers_known_by_name_only_are_domain_names(by_name: Export) -> None:
    assert problems(write(by_name)) == []
    assert {thing["value"] for thing in of_type(by_name, "domain-name")} == {"qxzkv.example", "t.example.net"}
    (indicator,) = of_type(by_name, "indicator")
    assert indicator["pattern"] == "[domain-name:value = 't.example.net']"
    (server,) = of_type(by_name, "infrastructure")
    assert server["name"] == "Command and control at t.example.net"
    assert of_type(by_name, "network-traffic") == [], "only questions for them were seen"
    assert len(of_type(by_name, "observed-data")) == 2
    hidden = json.loads(write(replace(by_name, subjects=False)))["objects"]
    assert [thing["value"] for thing in hidden if thing["type"] == "domain-name"] == ["t.example.net"]


def test_two_runs_and_another_order_give_the_same_bytes(export: Export) -> None:
    assert write(export) == write(export) == write(replace(export, findings=export.findings[::-1]))


def test_the_indicator_matches_the_control_server(export: Export) -> None:
    (indicator,) = of_type(export, "indicator")
    assert (
        indicator["pattern"] == "[network-traffic:dst_ref.value = '185.244.25.235' AND network-traffic:dst_port = 6667]"
    )
    assert (indicator["valid_from"], indicator["valid_until"]) == ("2018-12-21T14:50:16Z", "2019-01-21T14:49:58Z")
    assert indicator["confidence"] == 95


def test_an_ipv6_control_server_is_an_ipv6_object(over_ipv6: Export) -> None:
    assert "2001:db8::bad" in {thing["value"] for thing in of_type(over_ipv6, "ipv6-addr")}
    patterns = {indicator["pattern"] for indicator in of_type(over_ipv6, "indicator")}
    assert "[network-traffic:dst_ref.value = '2001:db8::bad' AND network-traffic:dst_port = 443]" in patterns


def test_every_object_carries_the_marking(export: Export) -> None:
    for marking in MARKINGS:
        definition, *others = objects(replace(export, marking=marking))
        assert definition["id"] == TLP_IDS[marking]
        assert all(thing["object_marking_refs"] == [TLP_IDS[marking]] for thing in others)


def test_without_subjects_only_the_infrastructure_is_left(export: Export) -> None:
    withheld = replace(export, subjects=False)
    content = write(withheld).decode()
    assert "185.244.25.235" in content
    for hidden in (HOST, "198.51.100.185", "2001:db8:77::148", *(finding.id for finding in export.findings)):
        assert hidden not in content
    assert not {"observed-data", "note", "network-traffic"} & {thing["type"] for thing in objects(withheld)}


def test_without_subjects_ids_do_not_depend_on_them(export: Export) -> None:
    """Else whoever has the ids could find the device by trying every address."""
    other = tuple(
        replace(finding, id=f"other-{number}", host="192.168.1.7", subject={"kind": "host", "value": "192.168.1.7"})
        for number, finding in enumerate(export.findings)
    )
    assert write(replace(export, subjects=False)) == write(replace(export, subjects=False, findings=other))


def test_every_finding_is_sighted_and_explained(export: Export) -> None:
    observed = {thing["id"] for thing in of_type(export, "observed-data")}
    sighted = {name for sighting in of_type(export, "sighting") for name in sighting["observed_data_refs"]}
    notes = of_type(export, "note")
    assert observed == sighted
    assert {note["content"] for note in notes} == {finding.explanation for finding in export.findings}


def test_address_ids_are_those_of_the_standard() -> None:
    assert stix.IPv4Address(value="198.51.100.1")["id"] == "ipv4-addr--2b3e2c17-3144-5591-9c88-a605220f8c0c"


def test_every_technique_of_a_behaviour_has_its_name() -> None:
    assert {behaviour.technique for behaviour in BEHAVIOURS.values()} - {None} == set(TECHNIQUES)
