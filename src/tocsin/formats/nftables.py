"""nftables: a file that drops and counts traffic with command-and-control servers on a Linux gateway.

Writes: a table ``inet tocsin`` with one set of endpoints (address, protocol, port) for IPv4 and one for IPv6, and
    chains that drop and count what comes from or goes to them, forwarded or local. Each endpoint carries its owner,
    end, case and reason as a comment, and leaves its set by itself when its time is over, counted from loading.
    Loading the file replaces the whole table in one transaction: ``nft -f FILE``. To undo it:
    ``nft delete table inet tocsin``.

Needs: nftables 1.0 and Linux 5.6 or later, with the right to administer the network.

Leaves out: infected devices and attacked parties, which it never names; other tables, which it never touches; any
    reason that is longer than the 128 bytes which nftables keeps of a comment (it stands in full above the table).

Learn more: https://wiki.nftables.org; nft(8).
"""

import re
from collections.abc import Iterable
from ipaddress import ip_address

from tocsin.errors import WrongUse
from tocsin.formats._export import Export, endpoint
from tocsin.records import Mitigation, Peer

TABLE = "inet tocsin"
PROTOCOLS = ("tcp", "udp")
COMMENT_BYTES = 128  # NFTNL_UDATA_COMMENT_MAXLEN

_CHAINS = """\
	chain c2 {
		ip saddr . meta l4proto . th sport @c2_ipv4 counter drop
		ip daddr . meta l4proto . th dport @c2_ipv4 counter drop
		ip6 saddr . meta l4proto . th sport @c2_ipv6 counter drop
		ip6 daddr . meta l4proto . th dport @c2_ipv6 counter drop
	}
	chain input {
		type filter hook input priority filter - 10; policy accept;
		jump c2
	}
	chain forward {
		type filter hook forward priority filter - 10; policy accept;
		jump c2
	}
	chain output {
		type filter hook output priority filter - 10; policy accept;
		jump c2
	}
"""


def write(export: Export) -> bytes:
    """The file. Raises WrongUse for a mitigation whose target has no address, port and protocol to match."""
    chosen = _longest_of_each(export.mitigations)
    lines = [
        "# Drops and counts traffic with command-and-control servers.",
        f"# Written by Tocsin for {_plain(export.operator.name)}, {_plain(export.marking)}.",
        f"# To load: nft -f FILE. To undo: nft delete table {TABLE}.",
        *(f"# {_plain(_sentence(export, mitigation))}" for mitigation in chosen),
        "",
        f"table {TABLE}",
        f"delete table {TABLE}",
        "",
        f"table {TABLE} {{",
        *_set(export, "c2_ipv4", "ipv4_addr", [m for m in chosen if _version(m) == 4]),
        *_set(export, "c2_ipv6", "ipv6_addr", [m for m in chosen if _version(m) == 6]),
    ]
    return ("\n".join(lines) + "\n" + _CHAINS + "}\n").encode()


def blockable(peer: Peer) -> bool:
    """Whether a peer is exact enough to be dropped: an address without a zone, a port, TCP or UDP.

    >>> blockable({"address": "198.51.100.1", "port": None, "proto": "icmp", "name": None})
    False
    """
    try:
        address = ip_address(peer["address"] or "")
    except ValueError:
        return False
    port = peer["port"]
    return (
        not getattr(address, "scope_id", None) and port is not None and 0 < port < 65536 and peer["proto"] in PROTOCOLS
    )


def _longest_of_each(mitigations: Iterable[Mitigation]) -> list[Mitigation]:
    """Of several mitigations of one endpoint the one that ends last; by endpoint."""
    chosen: dict[tuple[int, bytes, str, int], Mitigation] = {}
    for mitigation in sorted(mitigations, key=lambda m: (m.until, m.id)):
        chosen[_key(mitigation)] = mitigation
    return [chosen[key] for key in sorted(chosen)]


def _key(mitigation: Mitigation) -> tuple[int, bytes, str, int]:
    target = _target(mitigation)
    if not blockable(target):
        raise WrongUse(f"nftables cannot block this: {endpoint(target)}: a block needs an address, TCP or UDP, a port")
    address = ip_address(target["address"] or "")
    return address.version, address.packed, target["proto"], target["port"] or 0


def _version(mitigation: Mitigation) -> int:
    return ip_address(_target(mitigation)["address"] or "").version


def _target(mitigation: Mitigation) -> Peer:
    target = mitigation.target
    return Peer(address=target["address"], port=target["port"], proto=target["proto"], name=target["name"])


def _set(export: Export, name: str, address: str, mitigations: list[Mitigation]) -> list[str]:
    elements = [f"\t\t\t{_element(export, mitigation)}," for mitigation in mitigations]
    body = ["\t\telements = {", *elements, "\t\t}"] if elements else []
    return [f"\tset {name} {{", f"\t\ttype {address} . inet_proto . inet_service", "\t\tflags timeout", *body, "\t}"]


def _element(export: Export, mitigation: Mitigation) -> str:
    target = _target(mitigation)
    seconds = max(1, int((mitigation.until - mitigation.written).total_seconds()))
    comment = f"{mitigation.owner} until {mitigation.until.date()} case {_case(export, mitigation)} {mitigation.reason}"
    place = f"{ip_address(target['address'] or '')} . {target['proto']} . {target['port']}"
    return f'{place} timeout {seconds}s comment "{_plain(comment)[:COMMENT_BYTES]}"'


def _sentence(export: Export, mitigation: Mitigation) -> str:
    return (
        f"{endpoint(_target(mitigation))}: {mitigation.reason} "
        f"Owner {mitigation.owner}, case {_case(export, mitigation)}, until {mitigation.until.date()}."
    )


def _case(export: Export, mitigation: Mitigation) -> str:
    """Whoever knows a case's id can find its subject by trying every address."""
    return mitigation.case if export.subjects else "withheld"


def _plain(text: str) -> str:
    """Printable ASCII on one line, without the characters that could end a string: nothing that nft could read."""
    return re.sub(r"[^ -~]|[\"\\\\]", "?", " ".join(text.split()))
