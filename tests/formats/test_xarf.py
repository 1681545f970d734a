import base64
import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xarf
from syrupy.assertion import SnapshotAssertion

from tocsin.errors import WrongUse
from tocsin.formats import Export
from tocsin.formats.xarf import EVIDENCE_MAX, PEERS_MAX, write
from tocsin.records import BEHAVIOURS, Peer
from tocsin.workspace import MARKINGS

# Recommended, but nobody saw them: a strict reader misses these and nothing else.
UNKNOWN = {"'source_port' is a required property", "'malware_family' is a required property"}


def report(export: Export) -> dict[str, Any]:
    (line,) = write(export).splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def problems(found: dict[str, Any]) -> set[str]:
    return {error.message for error in xarf.parse(found, strict=True).errors}


def texts(found: dict[str, Any]) -> list[str]:
    return [base64.b64decode(piece["payload"]).decode() for piece in found["evidence"]]


def test_the_sample_is_written_as_agreed(export: Export, snapshot: SnapshotAssertion) -> None:
    found = report(export)
    assert (found, texts(found)) == snapshot


@pytest.mark.parametrize("marking", MARKINGS)
def test_a_strict_reader_misses_only_what_nobody_saw(export: Export, marking: str) -> None:
    assert problems(report(replace(export, marking=marking))) == UNKNOWN


def test_a_lenient_reader_has_nothing_to_say(export: Export) -> None:
    result = xarf.parse(report(export))
    assert (result.errors, result.warnings) == ([], [])


def test_the_reference_library_reads_it(export: Export) -> None:
    found = report(export)
    del found["confidence"]
    read = xarf.parse(found).report
    assert isinstance(read, xarf.BotnetReport)
    assert (read.source_identifier, read.c2_server) == ("192.168.1.195", "185.244.25.235")


@pytest.mark.xfail(reason="xarf 1.0.0 takes confidence for a whole number; its schema says 0 to 1")
def test_the_reference_library_reads_it_with_its_confidence(export: Export) -> None:
    assert xarf.parse(report(export)).report is not None


def test_it_has_the_parts_of_the_published_sample(export: Export, test_data: Path) -> None:
    published = json.loads((test_data / "reports/xarf/samples/v4/infrastructure-botnet.json").read_bytes())
    found = report(export)
    unknown = {"malware_family", "infection_vector", "first_seen", "last_seen"}  # the first two nobody saw
    assert published.keys() - found.keys() == unknown
    assert published["evidence"][0].keys() <= found["evidence"][0].keys()
    assert {type(found[key]) for key in ("reporter", "sender")} == {dict}


def test_two_runs_give_the_same_bytes(export: Export) -> None:
    assert write(export) == write(export)


def test_evidence_can_be_verified(export: Export) -> None:
    for piece in report(export)["evidence"]:
        payload = base64.b64decode(piece["payload"], validate=True)
        assert piece["hash"] == f"sha256:{hashlib.sha256(payload).hexdigest()}"
        assert piece["size"] == len(payload)


def test_evidence_holds_explanation_and_numbers(export: Export) -> None:
    text = texts(report(export))[0]
    assert export.findings[0].explanation in text
    assert "contacts: 2380" in text
    assert "Peer 185.244.25.235:6667/tcp" in text
    assert "First seen 2018-12-21T14:50:16Z, last seen 2018-12-21T23:59:41Z." in text


def test_numbers_are_rounded_so_that_two_runs_agree(export: Export) -> None:
    def with_share(share: float) -> bytes:
        finding = replace(export.findings[0], evidence=[{"unanswered_share": share, "contacts": 2380}])
        return write(replace(export, findings=(finding,)))

    assert with_share(0.7010821877742) == with_share(0.7010821877743) != with_share(0.702)


def test_several_cases_are_json_lines(export: Export) -> None:
    second = replace(export.cases[0], id="second")
    lines = write(replace(export, cases=(*export.cases, second))).splitlines()
    assert len({json.loads(line)["report_id"] for line in lines}) == 2


def test_a_case_without_findings_to_show_is_left_out(export: Export) -> None:
    assert write(replace(export, findings=())) == b""


def test_without_peers_no_control_server_is_named(without_peers: Export) -> None:
    found = report(without_peers)
    assert not {"c2_server", "c2_protocol"} & found.keys()
    assert xarf.parse(found).errors == []


def test_ipv6_quotes_and_letters_of_all_kinds(over_ipv6: Export) -> None:
    found = report(over_ipv6)
    assert problems(found) == UNKNOWN
    assert found["reporter"]["org"] == over_ipv6.operator.name
    assert any("Peer [2001:db8::bad]:443/udp" in text for text in texts(found))


def test_peers_known_by_name_only_are_named_once(by_name: Export) -> None:
    found = report(by_name)
    assert xarf.parse(found).errors == []
    assert found["c2_server"] == "t.example.net"
    assert any("Peer t.example.net\n" in text for text in texts(found))
    assert any("Peer qxzkv.example\n" in text for text in texts(found))


def test_limits_of_the_schema_hold(export: Export) -> None:
    finding = export.findings[0]
    peer = Peer(address="203.0.113.9", port=1, proto="icmp", name=None)
    many = tuple(
        replace(finding, id=str(number), behaviour=behaviour, peers=[peer] * (PEERS_MAX + 5))
        for number, behaviour in enumerate(sorted(BEHAVIOURS) * 5)
    )
    case = replace(export.cases[0], findings=[found.id for found in many])
    found = report(replace(export, cases=(case,), findings=many))
    assert problems(found) == UNKNOWN
    assert len(found["evidence"]) == EVIDENCE_MAX < len(many)
    assert found["c2_protocol"] == "custom"
    assert "and 5 more peers." in texts(found)[0]


def test_subjects_that_may_not_be_named_are_refused(export: Export) -> None:
    with pytest.raises(WrongUse, match="XARF reports name infected devices"):
        write(replace(export, subjects=False))


def test_an_operator_without_contact_is_refused(export: Export) -> None:
    with pytest.raises(WrongUse, match="no abuse contact: example-provider"):
        write(replace(export, contact=None))
