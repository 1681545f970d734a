"""TLP 2.0: its labels from the widest to the narrowest, and what a document for an audience may hold.

Source: FIRST, Traffic Light Protocol, version 2.0 (2022).
"""

from collections.abc import Iterable

from tocsin.workspace import MARKINGS

CLEAR, GREEN, AMBER, AMBER_STRICT, RED = MARKINGS
PUBLIC, MEMBERS = "public", "members"


def known(marking: str) -> str:
    """The label itself; what is no label counts as the strictest.

    >>> known("TLP:GREEN"), known("TLP:WHITE")
    ('TLP:GREEN', 'TLP:RED')
    """
    return marking if marking in MARKINGS else RED


def strictest(markings: Iterable[str]) -> str:
    """The marking of a whole that has parts with these markings; of nothing, TLP:CLEAR.

    >>> strictest(["TLP:GREEN", "TLP:AMBER+STRICT", "TLP:AMBER"])
    'TLP:AMBER+STRICT'
    """
    return max(map(known, markings), key=MARKINGS.index, default=CLEAR)


def ceiling(audience: str) -> str:
    """The strictest marking that a document for an audience may hold: ``public``, ``members`` or the id of a party.

    A party's own document may hold what reaches the party itself; which rows those are, ``decide`` says.

    >>> ceiling("public"), ceiling("members"), ceiling("example-campus")
    ('TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER')
    """
    return {PUBLIC: CLEAR, MEMBERS: GREEN}.get(audience, AMBER)
