"""Attacked parties are named to nobody but those who answer for them: all others see the network around them."""

import re
from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import Any

from tocsin.records import Finding, Peer
from tocsin.records.behaviours import UNHARMED_BEHAVIOURS

# Narrow enough to find the traffic in one's own records, wide enough to name no host.
PREFIX_BITS = {4: 24, 6: 48}


def without_victims(finding: Finding) -> Finding:
    """The finding with the address of each attacked peer widened to its /24 (IPv6: /48), in every text of it.

    Peers that command the subject, or that it only looks for, are no victims and stay. What the owner keeps for itself
    is left out.
    """
    finding = replace(finding, sides=[])
    if finding.behaviour in UNHARMED_BEHAVIOURS:
        return finding
    masks = {name: network_around(peer["address"] or "") for peer in finding.peers for name in _names(peer)}
    return replace(
        finding,
        peers=[_widened(peer) for peer in finding.peers],
        evidence=[{key: _masked(value, masks) for key, value in entry.items()} for entry in finding.evidence],
        explanation=_masked(finding.explanation, masks),
    )


def network_around(address: str) -> str:
    """The network that stands for an address; ``withheld`` for what is no address.

    >>> network_around("198.51.100.7"), network_around("2001:db8::1"), network_around("example.net")
    ('198.51.100.0/24', '2001:db8::/48', 'withheld')
    """
    try:
        spot = ip_address(address)
        return str(ip_network(f"{address}/{PREFIX_BITS[spot.version]}", strict=False))
    except ValueError:
        return "withheld"


def _widened(peer: Peer) -> Peer:
    return Peer(address=network_around(peer["address"] or ""), port=peer["port"], proto=peer["proto"], name=None)


def _names(peer: Peer) -> list[str]:
    return [name for name in (peer["address"], peer["name"]) if name]


def _masked(value: Any, masks: dict[str, str]) -> Any:
    """A text with every name in ``masks`` replaced, where it stands whole; other values as they are."""
    if not isinstance(value, str) or not masks:
        return value
    longest_first = "|".join(re.escape(name) for name in sorted(masks, key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{longest_first})(?!\w)", lambda found: masks[found[0]], value)
