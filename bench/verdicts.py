"""What came of a capture, compared with what its reference says."""

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tocsin.records import ATTACKING, Finding

NOT_COUNTED = ("unlabelled", "format_only")
SCANS = ("scan_horizontal", "scan_vertical")
TARGET = re.compile(r"(?P<address>[0-9a-fA-F.:]+?)(?:/(?P<length>\d+))?(?::(?P<port>\d+))?(?:/(?:tcp|udp))?(?:[ ,].*)?")
PORT = re.compile(r"(?P<port>\d+)/(?:tcp|udp)\b.*")


@dataclass(slots=True)
class Count:
    """What came of one capture. Lists are of hosts, ``host behaviour`` and ``host behaviour target``.

    ``local`` is the number of local addresses seen, where the share that is accused counts; ``unable`` the detectors
    that could not judge it; ``records`` how many flows it took to find a host.
    """

    capture: str
    verdict: str
    rows: int = 0
    found: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    accused: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)
    local: int | None = None
    sampling: int = 1
    unable: list[str] = field(default_factory=list)
    records: dict[str, int] = field(default_factory=dict)


def judge(capture: Mapping[str, Any], findings: Iterable[Finding]) -> Count:
    """Compare findings with the reference."""
    count = Count(capture["id"], capture["verdict"])
    findings = list(findings)
    attacks = [f for f in findings if f.host and f.behaviour in ATTACKING and f.suppressed_by is None]
    if capture["verdict"] in NOT_COUNTED:
        return count
    known: set[str] = set()
    for entry in capture.get("infected") or []:
        names = {entry["host"], *entry.get("aliases", [])}
        known |= names
        _expected(count, entry, [f for f in attacks if f.host in names])
    for entry in capture.get("local_scanners") or []:
        known.add(entry["host"])
        own = [f for f in attacks if f.host == entry["host"]]
        _expected(count, entry, [f for f in own if f.behaviour in SCANS])
        count.accused += sorted({f"{f.host} {f.behaviour}" for f in own if f.behaviour not in SCANS})
    for entry in capture.get("ddos_victims") or []:
        flooded = any(f.host == entry["host"] and f.behaviour == "ddos_victim" for f in findings)
        (count.seen if flooded else count.unseen).append(f"{entry['host']} ddos_victim")
    known |= {ignored["address"] for ignored in capture.get("ignore") or [] if not ignored.get("port")} - {None}
    accused: dict[str, set[str]] = {}
    for finding in attacks:
        if finding.host and finding.host not in known:
            accused.setdefault(finding.host, set()).add(finding.behaviour)
    count.accused += [f"{host} {'+'.join(sorted(behaviours))}" for host, behaviours in sorted(accused.items())]
    return count


def _expected(count: Count, entry: Mapping[str, Any], findings: Sequence[Finding]) -> None:
    """Count what was to be found of one host."""
    host = entry["host"]
    required = any(not behaviour.get("optional") for behaviour in entry["behaviours"])
    if findings or required:
        (count.found if findings else count.missed).append(host)
    names = {f.behaviour for f in findings}
    for expected in entry["behaviours"]:
        name = expected["behaviour"]
        if name in names or not expected.get("optional"):
            told = count.seen if name in names else count.unseen
            told += [f"{host} {name}"] * (f"{host} {name}" not in told)
        if not expected.get("optional"):
            peers = [peer for f in findings if f.behaviour == name for peer in f.peers]
            for target in expected.get("targets", []):
                met = _names(target, peers)
                if met is not None:
                    (count.named if met else count.unnamed).append(f"{host} {name} {target}")


def _names(target: str, peers: Sequence[Mapping[str, Any]]) -> bool | None:
    """Whether one of the peers is the target; None when the reference describes it in words only.

    >>> _names("198.51.100.7:6667/tcp", [{"address": "198.51.100.7", "port": 6667}])
    True
    >>> _names("23/tcp (54 addresses)", [{"address": "198.51.100.7", "port": 80}])
    False
    >>> _names("198.51.100.0/24 (50)", [{"address": "198.51.100.7", "port": None}])
    True
    >>> _names("names of six letters", []) is None
    True
    """
    if found := PORT.fullmatch(target):
        return any(peer["port"] == int(found["port"]) for peer in peers)
    if not (found := TARGET.fullmatch(target)):
        return None
    try:
        network = ipaddress.ip_network(f"{found['address']}/{found['length']}" if found["length"] else found["address"])
    except ValueError:
        return None
    return any(
        peer["address"] is not None
        and ipaddress.ip_address(peer["address"]) in network
        and (found["port"] is None or peer["port"] in (None, int(found["port"])))
        for peer in peers
    )
