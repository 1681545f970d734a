"""Names of the protocols above IP, as sources write them and as the vocabulary does."""

# What Argus finds inside UDP, it names instead of UDP.
INSIDE_UDP = ("rtcp", "rtp", "udt")

# IANA's numbers of the protocols that are met between hosts, by their names in /etc/protocols.
_NUMBERS = {
    "icmp": 1,
    "igmp": 2,
    "ipencap": 4,
    "ipip": 94,
    "tcp": 6,
    "egp": 8,
    "igp": 9,
    "udp": 17,
    "dccp": 33,
    "ipv6": 41,
    "ipv6-route": 43,
    "ipv6-frag": 44,
    "rsvp": 46,
    "gre": 47,
    "esp": 50,
    "ah": 51,
    "ipv6-icmp": 58,
    "ipv6-nonxt": 59,
    "ipv6-opts": 60,
    "eigrp": 88,
    "ospf": 89,
    "pim": 103,
    "ipcomp": 108,
    "vrrp": 112,
    "l2tp": 115,
    "sctp": 132,
    "udplite": 136,
    "mpls-in-ip": 137,
} | dict.fromkeys(INSIDE_UDP, 17)
_NAMES = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmp"}


def protocol(name: str) -> str | None:
    """A protocol as the vocabulary writes it; None for what is none.

    >>> [protocol(name) for name in ("TCP", "rtp", "ipv6-icmp", "gre", "50", "nonsense")]
    ['tcp', 'udp', 'icmp', '47', '50', None]
    """
    number = int(name) if name.isascii() and name.isdigit() and len(name) <= 3 else _NUMBERS.get(name.lower())
    return None if number is None or number > 255 else _NAMES.get(number, str(number))
