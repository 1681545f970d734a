"""${message}"""

import sqlalchemy as sa
from alembic import op

from tocsin.store.ledger.tables import UtcTime

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """${message}"""
    ${upgrades if upgrades else "pass"}
