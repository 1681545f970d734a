"""One entry of a list: what kind of indicator it is, in canonical form, or why it is of no use."""

import re
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from tocsin.content import warninglist
from tocsin.detect._rulebook import shipped

KINDS = ("address", "network", "name", "url", "ja3", "ja4", "certificate_sha256")

# Networks larger than these are half the Internet, not an indicator.
BITS_MIN = {4: 12, 6: 24}

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)+[a-z][a-z0-9-]{{0,61}}[a-z0-9]")
_IPV4 = re.compile(r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}")
_HASHES = {
    "certificate_sha256": re.compile(r"[0-9a-f]{64}"),
    "ja3": re.compile(r"[0-9a-f]{32}"),
    "ja4": re.compile(r"[tqd][0-9s][0-9][di][0-9]{4}[a-z0-9]{2}_[0-9a-f]{12}_[0-9a-f]{12}"),
}
_PORTS = {"http": 80, "https": 443}

NOT_ONE = "no indicator that is known"
NOT_PUBLIC = "an address that is not on the Internet"
TOO_BROAD = "too broad"
NO_HOST = "part of a URL without its host"
COMMON = "a service that everybody uses"
OTHER_KIND = "of another kind than was said"


@dataclass(frozen=True, slots=True)
class Entry:
    """An indicator: its kind, its value in canonical form, and the port of an address, where there is one."""

    kind: str
    value: str
    port: int | None = None


def entry(text: str, kind: str | None = None) -> Entry | str:
    """What a line says, or why it is refused. ``kind`` is what it must be; addresses stand for networks too.

    >>> entry("hxxp://198[.]51.100.7:8080/")
    'an address that is not on the Internet'
    >>> entry("WWW.Example.net"), entry(".tk")
    (Entry(kind='name', value='www.example.net', port=None), 'too broad')
    """
    found = _classified(text)
    if isinstance(found, str) or kind in (None, found.kind) or (kind, found.kind) == ("network", "address"):
        return found
    return OTHER_KIND


def _classified(text: str) -> Entry | str:
    word = text.strip().lower().replace("[.]", ".").replace("hxxp", "http").removeprefix("*").removeprefix(".")
    if _NAME.fullmatch(word):
        return _name(word)
    for kind, pattern in _HASHES.items():
        if pattern.fullmatch(word):
            return Entry(kind, word)
    scheme, _, rest = word.rpartition("://")
    host, slash, path = rest.partition("/")
    if slash and path.isdecimal() and not scheme:
        return _network(rest)
    if slash and path:
        return _url(host, rest)
    return _host(host, _PORTS.get(scheme))


def _host(text: str, implied: int | None) -> Entry | str:
    """An address or name, perhaps with a port."""
    if text.count(":") > 1 and not text.startswith("["):
        return _address(text, implied)
    bare, _, port = text.rpartition(":") if ":" in text else (text, "", "")
    if port and not (port.isdecimal() and 0 < int(port) <= 65535):
        return NOT_ONE
    number = int(port) if port else implied
    bare = bare.strip("[]")
    if _IPV4.fullmatch(bare) or ":" in bare:
        return _address(bare, number)
    if _NAME.fullmatch(bare):
        return _name(bare)
    return TOO_BROAD if bare.isalpha() and text == bare else NOT_ONE


def _address(text: str, port: int | None) -> Entry | str:
    try:
        address = ip_address(text)
    except ValueError:
        return NOT_ONE
    if not address.is_global or address.is_multicast:
        return NOT_PUBLIC
    return COMMON if address in _resolvers() else Entry("address", str(address), port)


def _network(text: str) -> Entry | str:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return NOT_ONE
    if network.prefixlen == network.max_prefixlen:
        return _address(str(network.network_address), None)
    if not network.is_global or network.is_multicast:
        return NOT_PUBLIC
    return TOO_BROAD if network.prefixlen < BITS_MIN[network.version] else Entry("network", str(network))


def _name(name: str) -> Entry | str:
    if name in _suffixes():
        return TOO_BROAD
    return COMMON if name in _common_names() else Entry("name", name)


def _url(host: str, whole: str) -> Entry | str:
    if not host:
        return NO_HOST
    at = _host(host, None)
    if isinstance(at, str) and at not in (COMMON, TOO_BROAD):
        return at
    return Entry("url", whole)


@cache
def _resolvers() -> frozenset[IPv4Address | IPv6Address]:
    networks = shipped()["resolvers"].matches["peers"]
    return frozenset(ip_network(network).network_address for network in networks)


@cache
def _common_names() -> frozenset[str]:
    """Names that the rules that ship hide, and the names that lie above those: nobody's bot owns them."""
    named = {name.removeprefix("*.") for rule in shipped().values() for name in rule.matches.get("names", ())}
    return frozenset(named)


@cache
def _suffixes() -> frozenset[str]:
    return frozenset(warninglist("second-level-tlds"))
