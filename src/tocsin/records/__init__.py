"""The vocabulary: every table of the lake and of the ledger, once, with the meaning and unit of each column."""

from tocsin.records.behaviours import ATTACKING, BEHAVIOURS, C2_BEHAVIOURS, Behaviour
from tocsin.records.cases import Case, CaseEvent, Mitigation, Notice, Responsible
from tocsin.records.detection import Detection
from tocsin.records.evidence import Finding, Indicator, Judgement, Peer, Rule, Sighting, Subject
from tocsin.records.ids import record_id
from tocsin.records.ingests import Coverage, Ingest, LakeDiscard, LakeFile, LakeShare, Quarantine, Removal, SourceFile
from tocsin.records.kinds import Column, Kind, LedgerRecord, Record, arrow_schema, columns, table_name
from tocsin.records.parties import Community, Contact, Membership, Network, Party, SubscriberCount, User
from tocsin.records.programme import Assessment, Edition, Gap, Measure, Practice, Roadmap, RoadmapItem, Role
from tocsin.records.telemetry import Alert, Dns, Flow, Http, Label, Lease, Login, Smtp, Telemetry, Tls
from tocsin.records.work import Audit, Job, Outbox

LAKE_TABLES: tuple[type[Record], ...] = (Flow, Dns, Tls, Http, Login, Smtp, Lease, Alert, Label)

# What detectors may read: leases say who somebody is, labels what is right; neither may move a finding.
SEEN_TABLES: tuple[type[Telemetry], ...] = (Flow, Dns, Tls, Http, Login, Smtp, Alert)

# Each ledger table with the columns that identify a row.
LEDGER_TABLES: dict[type[LedgerRecord], tuple[str, ...]] = {
    Party: ("id",),
    Network: ("holder", "prefix", "since"),
    Contact: ("holder", "purpose", "address"),
    SubscriberCount: ("holder", "day"),
    Community: ("id",),
    Membership: ("community", "member", "joined"),
    User: ("id",),
    Ingest: ("id",),
    SourceFile: ("path", "sensor"),
    LakeFile: ("path",),
    LakeShare: ("path", "ingest"),
    LakeDiscard: ("path",),
    Removal: ("id",),
    Quarantine: ("ingest", "line"),
    Coverage: ("ingest", "sensor", "network", "day", "telemetry"),
    Finding: ("id",),
    Judgement: ("detector", "sensor", "day"),
    Sighting: ("id",),
    Indicator: ("id",),
    Rule: ("id",),
    Case: ("id",),
    CaseEvent: ("case", "sequence"),
    Notice: ("id",),
    Mitigation: ("id",),
    Roadmap: ("id",),
    RoadmapItem: ("roadmap", "id"),
    Role: ("item", "holder", "role"),
    Practice: ("id",),
    Assessment: ("id",),
    Measure: ("id",),
    Edition: ("id",),
    Job: ("id",),
    Outbox: ("id",),
    Audit: ("sequence",),
}

__all__ = [
    "ATTACKING",
    "BEHAVIOURS",
    "C2_BEHAVIOURS",
    "LAKE_TABLES",
    "LEDGER_TABLES",
    "SEEN_TABLES",
    "Alert",
    "Assessment",
    "Audit",
    "Behaviour",
    "Case",
    "CaseEvent",
    "Column",
    "Community",
    "Contact",
    "Coverage",
    "Detection",
    "Dns",
    "Edition",
    "Finding",
    "Flow",
    "Gap",
    "Http",
    "Indicator",
    "Ingest",
    "Job",
    "Judgement",
    "Kind",
    "Label",
    "LakeDiscard",
    "LakeFile",
    "LakeShare",
    "Lease",
    "LedgerRecord",
    "Login",
    "Measure",
    "Membership",
    "Mitigation",
    "Network",
    "Notice",
    "Outbox",
    "Party",
    "Peer",
    "Practice",
    "Quarantine",
    "Record",
    "Removal",
    "Responsible",
    "Roadmap",
    "RoadmapItem",
    "Role",
    "Rule",
    "Sighting",
    "Smtp",
    "SourceFile",
    "Subject",
    "SubscriberCount",
    "Telemetry",
    "Tls",
    "User",
    "arrow_schema",
    "columns",
    "record_id",
    "table_name",
]
