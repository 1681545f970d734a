"""The vocabulary: every table of the lake and of the ledger, once, with the meaning and unit of each column."""

from tocsin.records.behaviours import ATTACKING, BEHAVIOURS, C2_BEHAVIOURS, TITLES, Behaviour, story
from tocsin.records.cases import Case, CaseEvent, Mitigation, Notice, Responsible
from tocsin.records.detection import Detection
from tocsin.records.documents import finding_document
from tocsin.records.evidence import Candidate, Finding, Indicator, Judgement, Looked, Peer, Rule, Sighting, Subject
from tocsin.records.history import NameDay, PairDay
from tocsin.records.ids import record_id
from tocsin.records.ingests import Coverage, Ingest, LakeDiscard, LakeFile, LakeShare, Quarantine, Removal, SourceFile
from tocsin.records.intelligence import IndicatorList, ListedIndicator
from tocsin.records.kinds import Column, Kind, LedgerRecord, Record, arrow_schema, columns, table_name
from tocsin.records.parties import Community, Contact, Membership, Network, Party, SubscriberCount, User
from tocsin.records.programme import Assessment, Edition, Gap, Measure, Practice, Roadmap, RoadmapItem, Role
from tocsin.records.telemetry import (
    Alert,
    Certificate,
    Dns,
    Flow,
    Http,
    Label,
    Lease,
    Login,
    OpenFlow,
    OpenHttp,
    OpenTls,
    Smtp,
    Telemetry,
    Tls,
)
from tocsin.records.work import Audit, Job, Outbox

# What is still open lies apart, for it comes again; detectors see it among what has ended (``detect/_tables.py``).
OPEN_TABLES: dict[type[Record], type[Record]] = {Flow: OpenFlow, Tls: OpenTls, Http: OpenHttp}

LAKE_TABLES: tuple[type[Record], ...] = (
    *(Flow, Dns, Tls, Http, Login, Smtp, Lease, Alert, Label, Certificate),
    *OPEN_TABLES.values(),
    *(PairDay, NameDay),
)

# What detection keeps of a day for looking back at it.
SUM_TABLES: tuple[type[Record], ...] = (PairDay, NameDay)

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
    Candidate: ("id",),
    Judgement: ("detector", "sensor", "day"),
    Looked: ("detector", "day"),
    Sighting: ("id",),
    Indicator: ("id",),
    IndicatorList: ("id",),
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
    "OPEN_TABLES",
    "SEEN_TABLES",
    "SUM_TABLES",
    "TITLES",
    "Alert",
    "Assessment",
    "Audit",
    "Behaviour",
    "Candidate",
    "Case",
    "CaseEvent",
    "Certificate",
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
    "IndicatorList",
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
    "ListedIndicator",
    "Login",
    "Looked",
    "Measure",
    "Membership",
    "Mitigation",
    "NameDay",
    "Network",
    "Notice",
    "OpenFlow",
    "OpenHttp",
    "OpenTls",
    "Outbox",
    "PairDay",
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
    "finding_document",
    "record_id",
    "story",
    "table_name",
]
