"""The first schema."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "text": sa.Text(),
    "integer": sa.BigInteger(),
    "number": sa.Double(),
    "boolean": sa.Boolean(),
    "time": sa.DateTime(timezone=True),
    "day": sa.Date(),
    "json": sa.JSON(),
}

# name:type for each column; * stands before the columns of the key, ? behind the types that may be null.
_TABLES = {
    "party": (
        "party:text marking:text source:text *id:text name:text role:text sector:text? segments:json "
        "country:text? joined:day left:day?"
    ),
    "network": ("party:text marking:text source:text *holder:text *prefix:text asn:integer? *since:day until:day?"),
    "contact": ("party:text marking:text source:text *holder:text *purpose:text *address:text verified:day?"),
    "subscriber_count": ("party:text marking:text source:text *holder:text *day:day subscribers:integer"),
    "community": ("party:text marking:text source:text *id:text name:text agreement:text? minimum_cell:integer"),
    "membership": ("party:text marking:text source:text *community:text *member:text *joined:day left:day?"),
    "user": ("party:text marking:text source:text *id:text name:text role:text created:time disabled:time?"),
    "ingest": (
        "party:text marking:text source:text *id:text path:text digest:text format:text sensor:text "
        "rows:integer quarantined:integer note:text? time:time"
    ),
    "lake_file": (
        "party:text marking:text source:text *path:text ingest:text telemetry:text day:day rows:integer bytes:integer"
    ),
    "quarantine": ("party:text marking:text source:text *ingest:text *line:integer reason:text text:text"),
    "coverage": (
        "party:text marking:text source:text *ingest:text *sensor:text *network:text *day:day "
        "*telemetry:text first:time last:time rows:integer sampling:integer"
    ),
    "finding": (
        "party:text marking:text source:text *id:text subject:json host:text? behaviour:text "
        "technique:text? day:day score:number confidence:integer first_seen:time last_seen:time "
        "peers:json evidence:json explanation:text detector:text suppressed_by:text?"
    ),
    "judgement": ("party:text marking:text source:text *detector:text *sensor:text *day:day able:boolean reason:text?"),
    "sighting": (
        "party:text marking:text source:text *id:text reporter:text subject:json behaviour:text "
        "first_seen:time last_seen:time port:integer? confidence:integer? received:time"
    ),
    "indicator": (
        "party:text marking:text source:text *id:text kind:text value:text confidence:integer? "
        "valid_from:time valid_until:time?"
    ),
    "rule": ("party:text marking:text source:text *id:text matches:json reason:text owner:text until:day?"),
    "case": (
        "party:text marking:text source:text *id:text subject:json responsible:json state:text "
        "severity:integer opened:time last_seen:time behaviours:json findings:json sightings:json"
    ),
    "case_event": (
        "party:text marking:text source:text *case:text *sequence:integer time:time event:text state:text "
        "actor:text note:text?"
    ),
    "notice": (
        "party:text marking:text source:text *id:text case:text kind:text recipient:text address:text? "
        "state:text outbox:text written:time sent:time?"
    ),
    "mitigation": (
        "party:text marking:text source:text *id:text case:text kind:text target:json owner:text "
        "reason:text state:text written:time until:time"
    ),
    "roadmap": (
        "party:text marking:text source:text *id:text title:text published:day items:json baseline:day "
        "report_due:day report_given:day? report_given_reference:text? mark:text reference:text? known_gaps:json"
    ),
    "roadmap_item": (
        "party:text marking:text source:text *id:text *roadmap:text kind:text parent:text? title:text "
        "leads:json contributors:json state:text start:day? due:day? forecast:day? finished:day? "
        "depends_on:json measures:json mark:text reference:text?"
    ),
    "role": ("party:text marking:text source:text *item:text *holder:text *role:text consent:text time:time"),
    "practice": (
        "party:text marking:text source:text *id:text segment:text level:text title:text mark:text reference:text?"
    ),
    "assessment": (
        "party:text marking:text source:text *id:text practice:text holder:text result:text evidence:text "
        "day:day expires:day?"
    ),
    "measure": (
        "party:text marking:text source:text *id:text name:text scope:text start:time end:time "
        "value:number? unit:text low:number? high:number? numerator:number? denominator:number? "
        "missing:text? sensors:json coverage:number? detail:json basis:json computed:time"
    ),
    "edition": (
        "party:text marking:text source:text *id:text as_of:time audience:text digest:text document:json written:time"
    ),
    "job": (
        "party:text marking:text source:text *id:text kind:text arguments:json state:text progress:number "
        "due:time worker:text? heartbeat:time?"
    ),
    "outbox": (
        "party:text marking:text source:text *id:text kind:text recipient:text address:text? path:text "
        "digest:text state:text written:time"
    ),
    "audit": (
        "party:text marking:text source:text *sequence:integer time:time principal:text action:text "
        "object:text decision:text previous:text digest:text"
    ),
}


def upgrade() -> None:
    """Create every table."""
    for table, words in _TABLES.items():
        op.create_table(table, *(_column(word) for word in words.split()))


def _column(word: str) -> sa.Column[Any]:
    name, kind = word.lstrip("*").rstrip("?").split(":")
    return sa.Column(name, _TYPES[kind], primary_key=word.startswith("*"), nullable=word.endswith("?"))
