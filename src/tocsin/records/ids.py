"""Ids that are the same on every run: UUIDv5 of what a row is about."""

from uuid import UUID, uuid5

# Made once for this project; STIX's own namespace must not be used for other schemes (STIX 2.1, section 2.9).
NAMESPACE = UUID("6d1a2b0e-5c0f-5e0a-9a55-7d3c1d9b7a40")


def record_id(table: str, *parts: str) -> str:
    """Id of a row of ``table`` about ``parts``: the same parts give the same id, on any machine.

    >>> record_id("case", "isp", "host", "192.0.2.1") == record_id("case", "isp", "host", "192.0.2.1")
    True
    >>> record_id("case", "a", "b") == record_id("case", "ab")
    False
    """
    return str(uuid5(NAMESPACE, "\x1f".join((table, *parts))))
