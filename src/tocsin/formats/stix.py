"""STIX 2.1: a bundle that threat-intelligence platforms read.

Writes: the operator party as identity; for each command-and-control endpoint or domain an infrastructure, an
    indicator to match and the sightings of it; for each finding the traffic as observed data, the ATT&CK technique,
    and a note with the explanation. Every object carries the TLP 2.0 marking of the whole. Ids, times and bytes are
    the same on every run: ``created`` is the first evidence, ``modified`` the last.

Needs: nothing beyond findings. Without the right to name subjects it holds the infrastructure, the indicators and when
    they were seen.

Leaves out: cases, notices and mitigations, which STIX has no settled objects for; the numbers behind a finding;
    ``number_observed`` is 1, for a day's traffic counts as one observation.

Learn more: OASIS, STIX Version 2.1 (2021); FIRST, Traffic Light Protocol 2.0; OASIS CTI common objects (TLP 2.0).
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import stix2.v21 as stix

from tocsin.formats._export import Export, c2_peers, called, endpoint
from tocsin.formats._stix import (
    Stix,
    address_object,
    make,
    object_id,
    operator,
    operator_id,
    peer_object,
    relate,
    technique,
    tlp,
    traffic,
)
from tocsin.records import Finding, Peer, record_id
from tocsin.records.behaviours import C2_BEHAVIOURS

# A bot herder's server moves within weeks, and its address may then serve somebody else.
INDICATOR_VALID = timedelta(days=30)


def write(export: Export) -> bytes:
    """The bundle."""
    findings = sorted(export.findings, key=lambda finding: (finding.day, finding.behaviour, finding.id))
    objects = [tlp(export), operator(export)]
    for peer in c2_peers(findings):
        objects += _commander(export, peer, [finding for finding in findings if _commanded_by(finding, peer)])
    if export.subjects:
        for finding in findings:
            objects += _observation(export, finding)
    distinct = {thing["id"]: thing for thing in objects}
    bundle = stix.Bundle(*distinct.values(), id=f"bundle--{record_id('stix', *sorted(distinct))}")
    # Sorted, for the library leaves the order of some properties to chance.
    return f"{bundle.serialize(sort_keys=True, indent=2, ensure_ascii=False)}\n".encode()


def _commander(export: Export, peer: Peer, seen: Sequence[Finding]) -> Iterator[Stix]:
    """A command-and-control endpoint: what it is, how to match it, when it was seen, which technique it serves."""
    name, side = endpoint(peer), peer_object(export, peer)
    if side is None:
        return
    first, last = min(finding.first_seen for finding in seen), max(finding.last_seen for finding in seen)
    confidence = max(finding.confidence for finding in seen)
    server = make(
        export,
        stix.Infrastructure,
        (name,),
        seen,
        name=f"Command and control at {called(peer)}",
        infrastructure_types=["command-and-control"],
        first_seen=first,
        last_seen=last,
        confidence=confidence,
    )
    indicator = make(
        export,
        stix.Indicator,
        (name,),
        seen,
        name=f"Traffic to {name}",
        description="Devices that behave like bots call it.",
        indicator_types=["malicious-activity"],
        pattern=_pattern(peer),
        pattern_type="stix",
        valid_from=first,
        valid_until=last + INDICATOR_VALID,
        confidence=confidence,
    )
    techniques = _techniques(export, seen)
    yield from (side, server, indicator, *techniques)
    yield relate(export, server, "consists-of", side, seen)
    yield from (relate(export, indicator, "indicates", thing, seen) for thing in (server, *techniques))
    for day in sorted({finding.day for finding in seen}):
        yield _sighting(export, indicator, [finding for finding in seen if finding.day == day])


def _observation(export: Export, finding: Finding) -> Iterator[Stix]:
    """What a finding saw: its traffic, its technique, and its explanation."""
    host = address_object(export, finding.host)
    peers = [(peer, side) for peer in finding.peers if (side := peer_object(export, peer)) is not None]
    ends = [end for end in (host, *(side for _, side in peers)) if end is not None]
    if not ends:
        return
    flows = [traffic(export, host, peer, side) for peer, side in peers if side["type"] != "domain-name"]
    observed = make(
        export,
        stix.ObservedData,
        (finding.id,),
        [finding],
        first_observed=finding.first_seen,
        last_observed=finding.last_seen,
        number_observed=1,
        object_refs=list(dict.fromkeys(thing["id"] for thing in (*ends, *flows))),
    )
    techniques = _techniques(export, [finding])
    yield from (*ends, *flows, observed, *techniques)
    yield make(
        export,
        stix.Note,
        (finding.id,),
        [finding],
        abstract=f"{finding.behaviour} on {finding.day.isoformat()} (UTC)",
        content=finding.explanation,
        confidence=finding.confidence,
        object_refs=[observed["id"], *(technique["id"] for technique in techniques)],
    )
    if finding.behaviour not in C2_BEHAVIOURS:
        yield from (_sighting(export, technique, [finding]) for technique in techniques)


def _sighting(export: Export, of: Stix, seen: Sequence[Finding]) -> Stix:
    """That the operator saw something on a day, and by which observations, where subjects may be named."""
    about = (of["id"], seen[0].day.isoformat(), *((seen[0].id,) if of["type"] == "attack-pattern" else ()))
    observed = {"observed_data_refs": [object_id(export, "observed-data", finding.id) for finding in seen]}
    return make(
        export,
        stix.Sighting,
        about,
        seen,
        sighting_of_ref=of["id"],
        where_sighted_refs=[operator_id(export)],
        first_seen=min(finding.first_seen for finding in seen),
        last_seen=max(finding.last_seen for finding in seen),
        confidence=max(finding.confidence for finding in seen),
        **(observed if export.subjects else {}),
    )


def _techniques(export: Export, seen: Sequence[Finding]) -> list[Stix]:
    return [technique(export, name) for name in sorted({f.technique for f in seen if f.technique})]


def _pattern(peer: Peer) -> str:
    if peer["address"] is None:
        return f"[domain-name:value = '{peer['name']}']"
    port = "" if peer["port"] is None else f" AND network-traffic:dst_port = {peer['port']}"
    return f"[network-traffic:dst_ref.value = '{peer['address']}'{port}]"


def _commanded_by(finding: Finding, peer: Peer) -> bool:
    return finding.behaviour in C2_BEHAVIOURS and any(endpoint(other) == endpoint(peer) for other in finding.peers)
