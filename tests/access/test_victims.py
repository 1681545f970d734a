from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tocsin.access import without_victims
from tocsin.records import Finding, Peer

TIME = datetime(2018, 12, 21, 17, tzinfo=UTC)


@pytest.fixture
def flood() -> Finding:
    return Finding(
        party="example-provider",
        marking="TLP:AMBER",
        source="test",
        id="flood",
        subject={"kind": "host", "value": "192.168.1.195"},
        host="192.168.1.195",
        behaviour="ddos_source",
        technique="T1498",
        day=TIME.date(),
        score=0.8,
        confidence=80,
        first_seen=TIME,
        last_seen=TIME,
        peers=[
            Peer(address="198.51.100.1", port=80, proto="tcp", name=None),
            Peer(address="2001:db8:77::148", port=80, proto="tcp", name="shop.example.org"),
        ],
        evidence=[{"packets": 61213, "note": "to 198.51.100.1:80"}, {"packets": 7}],
        explanation=(
            "192.168.1.195 flooded 198.51.100.1 (198.51.100.1:80) and [2001:db8:77::148]:80, www.shop.example.org. "
            "It left 198.51.100.17 alone."
        ),
        detector="ddos_source 0.1.0",
        suppressed_by=None,
    )


def test_attacked_peers_become_their_networks_wherever_they_stand(flood: Finding) -> None:
    masked = without_victims(flood)
    assert [peer["address"] for peer in masked.peers] == ["198.51.100.0/24", "2001:db8:77::/48"]
    assert [peer["name"] for peer in masked.peers] == [None, None]
    assert masked.evidence == [{"packets": 61213, "note": "to 198.51.100.0/24:80"}, {"packets": 7}]
    assert masked.explanation == (
        "192.168.1.195 flooded 198.51.100.0/24 (198.51.100.0/24:80) and [2001:db8:77::/48]:80, www.2001:db8:77::/48. "
        "It left 198.51.100.17 alone."
    )


def test_all_else_stays(flood: Finding) -> None:
    masked = without_victims(flood)
    assert replace(masked, peers=flood.peers, evidence=flood.evidence, explanation=flood.explanation) == flood


@pytest.mark.parametrize("behaviour", ["c2_beacon", "c2_channel", "corroborated_c2", "dns_tunnel", "dga"])
def test_peers_that_command_are_no_victims(flood: Finding, behaviour: str) -> None:
    commanded = replace(flood, behaviour=behaviour)
    assert without_victims(commanded) == commanded


def test_peers_of_a_behaviour_that_nobody_knows_may_be_victims(flood: Finding) -> None:
    assert without_victims(replace(flood, behaviour="new")).peers == without_victims(flood).peers


def test_a_peer_without_an_address_is_withheld(flood: Finding) -> None:
    odd = replace(flood, peers=[Peer(address="mail.example.org", port=25, proto="tcp", name=None)])
    assert [peer["address"] for peer in without_victims(odd).peers] == ["withheld"]


def test_a_finding_without_peers_stays(flood: Finding) -> None:
    bare = replace(flood, peers=[], evidence=[], day=date(2018, 12, 21))
    assert without_victims(bare) == bare
