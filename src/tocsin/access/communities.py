"""Who shares a community with whom, by what the ledger holds."""

from datetime import date

import sqlalchemy as sa

from tocsin.records import Membership
from tocsin.store.ledger import read


def fellows(connection: sa.Connection, party: str, day: date) -> frozenset[str]:
    """Parties that shared a community with ``party`` on ``day``, itself left out."""
    current = [m for m in read(connection, Membership) if m.joined <= day and (m.left is None or day <= m.left)]
    shared = {membership.community for membership in current if membership.member == party}
    return frozenset(m.member for m in current if m.community in shared and m.member != party)
