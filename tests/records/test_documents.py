"""What a finding is to those outside."""

from datetime import UTC, date, datetime

from tocsin.records import Finding, finding_document

SEEN = datetime(2026, 3, 1, tzinfo=UTC)
SIDE = {"peer": "198.51.100.7", "port": 443, "protocol": "tcp", "name": None, "score": 0.9}
FINDING = Finding(
    party="example",
    marking="TLP:AMBER",
    source="test",
    id="1",
    subject={"kind": "host", "value": "192.0.2.1"},
    host="192.0.2.1",
    behaviour="c2_beacon",
    technique=None,
    day=date(2026, 3, 1),
    score=0.9,
    confidence=90,
    first_seen=SEEN,
    last_seen=SEEN,
    peers=[],
    evidence=[],
    explanation="",
    detector="",
    suppressed_by=None,
    sides=[SIDE | {"rule": None}, SIDE | {"rule": "agent", "port": 80}],
)


def test_hidden_peers_are_named_with_their_rule_and_nothing_else_of_them() -> None:
    document = finding_document(FINDING)
    assert "sides" not in document
    assert document["hidden_peers"] == [
        {"address": "198.51.100.7", "port": 80, "proto": "tcp", "name": None, "rule": "agent"}
    ]
