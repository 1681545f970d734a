"""The objects that a STIX bundle is made of: their ids, times and markings.

Ids are UUIDv5 in the project's own namespace; those of observables follow STIX 2.1, section 2.9, by the library.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time
from ipaddress import ip_network
from typing import Any

import stix2.v21 as stix

from tocsin.formats._export import Export
from tocsin.records import Finding, Peer, record_id

TLP_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
TLP_CREATED = "2022-10-01T00:00:00.000Z"
TLP_IDS = {
    "TLP:CLEAR": "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    "TLP:GREEN": "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "TLP:AMBER": "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "TLP:AMBER+STRICT": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    "TLP:RED": "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
TECHNIQUES = {
    "T1041": "Exfiltration Over C2 Channel",
    "T1046": "Network Service Discovery",
    "T1071": "Application Layer Protocol",
    "T1071.004": "DNS",
    "T1090": "Proxy",
    "T1095": "Non-Application Layer Protocol",
    "T1110": "Brute Force",
    "T1496": "Resource Hijacking",
    "T1498": "Network Denial of Service",
    "T1498.002": "Reflection Amplification",
    "T1568.002": "Domain Generation Algorithms",
    "T1595.001": "Scanning IP Blocks",
}

DOMAIN_NAME = re.compile(
    r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+"
)

Stix = Any  # the library is untyped


def tlp(export: Export) -> Stix:
    """The marking that all other objects carry."""
    level = export.marking.removeprefix("TLP:").lower()
    return stix.MarkingDefinition(
        id=TLP_IDS[export.marking],
        created=TLP_CREATED,
        name=export.marking,
        extensions={TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": level}},
    )


def operator(export: Export) -> Stix:
    """The operator party as the identity that made them."""
    party = export.operator
    joined = datetime.combine(party.joined, time(), UTC)
    contact = {"contact_information": export.contact} if export.contact else {}
    return stix.Identity(
        id=operator_id(export),
        created=joined,
        modified=joined,
        object_marking_refs=[TLP_IDS[export.marking]],
        name=party.name,
        identity_class="organization",
        **contact,
    )


def operator_id(export: Export) -> str:
    """Id of that identity."""
    return object_id(export, "identity")


def technique(export: Export, technique: str) -> Stix:
    """An ATT&CK technique."""
    joined = datetime.combine(export.operator.joined, time(), UTC)
    return stix.AttackPattern(
        id=object_id(export, "attack-pattern", technique),
        created_by_ref=operator_id(export),
        created=joined,
        modified=joined,
        object_marking_refs=[TLP_IDS[export.marking]],
        name=TECHNIQUES.get(technique, technique),
        # Without its address: that needs a hash of the page (STIX 2.1, section 2.5), which changes.
        external_references=[{"source_name": "mitre-attack", "external_id": technique}],
    )


def address_object(export: Export, address: str | None) -> Stix | None:
    """The object of an address or of a network that stands for one; None for what is neither."""
    try:
        network = ip_network(address or "")
    except ValueError:
        return None
    kind = stix.IPv4Address if network.version == 4 else stix.IPv6Address
    return kind(value=address, object_marking_refs=[TLP_IDS[export.marking]])


def peer_object(export: Export, peer: Peer) -> Stix | None:
    """The object of a peer: of its address, or of its name where only that is known; None for what is neither.

    Names may come from anybody: what is not made of letters, digits and hyphens as RFC 1034 has it is no name here.
    """
    if peer["address"] is not None or not DOMAIN_NAME.fullmatch(peer["name"] or ""):
        return address_object(export, peer["address"])
    return stix.DomainName(value=peer["name"], object_marking_refs=[TLP_IDS[export.marking]])


def traffic(export: Export, host: Stix | None, peer: Peer, address: Stix) -> Stix:
    """Traffic from a host, where there is one, to a peer with that address; its times stand with who observed it."""
    optional = {"src_ref": host and host["id"], "dst_port": peer["port"]}
    return stix.NetworkTraffic(
        object_marking_refs=[TLP_IDS[export.marking]],
        dst_ref=address["id"],
        protocols=["ipv6" if address["type"] == "ipv6-addr" else "ipv4", peer["proto"]],
        **{name: value for name, value in optional.items() if value is not None},
    )


def make(export: Export, kind: type[Stix], about: Sequence[str], seen: Sequence[Finding], **values: object) -> Stix:
    """An object about something: its id from that, its times from the findings that saw it."""
    return kind(
        id=object_id(export, kind._type, *about),
        created_by_ref=operator_id(export),
        created=min(finding.first_seen for finding in seen),
        modified=max(finding.last_seen for finding in seen),
        object_marking_refs=[TLP_IDS[export.marking]],
        **values,
    )


def relate(export: Export, source: Stix, kind: str, target: Stix, seen: Sequence[Finding]) -> Stix:
    """A relationship."""
    return make(
        export,
        stix.Relationship,
        (source["id"], kind, target["id"]),
        seen,
        relationship_type=kind,
        source_ref=source["id"],
        target_ref=target["id"],
    )


def object_id(export: Export, kind: str, *about: str) -> str:
    """Id of an object of a kind about something, as this operator writes it."""
    return f"{kind}--{record_id('stix', export.operator.id, kind, *about)}"
