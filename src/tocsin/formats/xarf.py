"""XARF 4 abuse reports: for the abuse desk that must find and clean an infected device.

Writes: one ``infrastructure/botnet`` report for each case, as JSON Lines: one case gives a file that is one report.
    ``timestamp`` is the last evidence, ``confidence`` that of the strongest finding, ``c2_server`` the peer with the
    strongest evidence. Each finding is a piece of evidence in plain text, with its explanation, times, peers and
    numbers. The TLP label stands in ``tags``. Two runs give the same report with the same id.

Needs: the operator party's abuse contact, and the right to name subjects.

Leaves out: cases of which nothing but scans is known: that may be a person who checks a network, and the report says
    botnet. What nobody saw: the malware's family, and the source port of the infected device (many ports a day; the
    peers and times in the evidence find it behind a shared address). ``c2_protocol`` is the transport unless that is
    neither TCP nor UDP. Of more than 50 findings the newest 50 are attached, of more than 100 peers the strongest 100.

Learn more: https://xarf.org; its JSON Schema 4.2.0, on which the tests insist.
"""

import base64
import hashlib
from collections.abc import Iterable
from typing import Any

import rfc8785

from tocsin.errors import WrongUse
from tocsin.formats._export import Export, c2_peers, called, findings_of, rfc3339
from tocsin.records import ATTACKING, BEHAVIOURS, Case, Finding, record_id

VERSION = "4.2.0"
EVIDENCE_MAX = 50  # the schema's limit
PEERS_MAX = 100  # a person reads them
TEXT_MAX = 1000  # the schema's limit on a description

SCANS = frozenset({"scan_horizontal", "scan_vertical"})
_CAPABILITIES = {"ddos_source": "ddos", "spam": "spam", "exfiltration": "data_theft"}


def write(export: Export) -> bytes:
    """The reports. Raises WrongUse when subjects may not be named or the operator has no abuse contact."""
    if not export.subjects:
        raise WrongUse("XARF reports name infected devices: this recipient may not see them: choose another format")
    found = ((case, findings_of(export, case)) for case in export.cases)
    return b"".join(
        rfc8785.dumps(_report(export, case, findings)) + b"\n" for case, findings in found if tells_of_a_bot(findings)
    )


def tells_of_a_bot(findings: Iterable[Finding]) -> bool:
    """Whether the findings of a case show a device that acts, and more than scans, which people make too."""
    return bool({finding.behaviour for finding in findings} & ATTACKING - SCANS)


def _report(export: Export, case: Case, findings: list[Finding]) -> dict[str, Any]:
    strongest = min(findings, key=lambda finding: (-finding.confidence, finding.id))
    behaviours = sorted({finding.behaviour for finding in findings})
    contact = _contact(export)
    report = {
        "xarf_version": VERSION,
        "report_id": record_id("xarf", export.operator.id, case.id),
        "timestamp": rfc3339(max(finding.last_seen for finding in findings)),
        "reporter": contact,
        "sender": contact,
        "source_identifier": strongest.host or case.subject["value"],
        "category": "infrastructure",
        "type": "botnet",
        "evidence_source": "flow_analysis",
        "confidence": strongest.confidence / 100,
        "compromise_evidence": strongest.explanation,
        "description": _description(case, findings, behaviours),
        "evidence": [_evidence(finding) for finding in findings[-EVIDENCE_MAX:]],
        "tags": [export.marking.lower(), *(f"behaviour:{behaviour}" for behaviour in behaviours)],
    }
    if peers := c2_peers(findings):
        transport = peers[0]["proto"]
        report["c2_server"] = peers[0]["name"] or peers[0]["address"]
        report["c2_protocol"] = transport if transport in ("tcp", "udp") else "custom"
    if capabilities := sorted({_CAPABILITIES[name] for name in behaviours if name in _CAPABILITIES}):
        report["bot_capabilities"] = capabilities
    return report


def _contact(export: Export) -> dict[str, str]:
    if export.contact is None:
        raise WrongUse(f"no abuse contact: {export.operator.id}: add one with 'tocsin party add'")
    domain = export.contact.rpartition("@")[2]
    return {"org": export.operator.name[:200], "contact": export.contact, "domain": domain}


def _description(case: Case, findings: list[Finding], behaviours: list[str]) -> str:
    first, last = min(f.first_seen for f in findings), max(f.last_seen for f in findings)
    doing = "; ".join(BEHAVIOURS[name].phrase if name in BEHAVIOURS else name for name in behaviours)
    text = (
        f"{case.subject['value']} behaves like part of a botnet. First seen {rfc3339(first)}, "
        f"last seen {rfc3339(last)}. Case {case.id}. It {doing}."
    )
    return text[:TEXT_MAX]


def _evidence(finding: Finding) -> dict[str, Any]:
    payload = _evidence_text(finding).encode()
    return {
        "content_type": "text/plain",
        "description": f"{finding.behaviour} on {finding.day.isoformat()} (UTC)",
        "payload": base64.b64encode(payload).decode(),
        "hash": f"sha256:{hashlib.sha256(payload).hexdigest()}",
        "size": len(payload),
    }


def _evidence_text(finding: Finding) -> str:
    lines = [
        finding.explanation,
        f"First seen {rfc3339(finding.first_seen)}, last seen {rfc3339(finding.last_seen)}.",
        f"Confidence {finding.confidence} of 100, by {finding.detector}.",
    ]
    for number, peer in enumerate(finding.peers[:PEERS_MAX]):
        lines.append(f"Peer {called(peer)}")
        numbers = finding.evidence[number] if number < len(finding.evidence) else {}
        lines += [f"  {key}: {_short(value)}" for key, value in numbers.items()]
    if len(finding.peers) > PEERS_MAX:
        lines.append(f"and {len(finding.peers) - PEERS_MAX} more peers.")
    return "\n".join(lines) + "\n"


def _short(value: object) -> object:
    """Three decimals: a person needs no more, and the next ones differ from run to run."""
    return round(value, 3) if isinstance(value, float) else value
