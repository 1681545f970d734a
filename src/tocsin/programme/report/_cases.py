"""The cases: whose device, what it does, who is responsible, what happened, and its pictures."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from tocsin.programme.report._facts import Facts
from tocsin.programme.report._steps import endpoint, subject
from tocsin.programme.report._traffic import Contacts, Flood, contacts, flood
from tocsin.programme.report.pictures import pulse, strip, thread
from tocsin.programme.report.shape import Behaviour, CasePart, Event, Peer, Picture, Window
from tocsin.records import BEHAVIOURS, TITLES, Case, CaseEvent, Finding, story
from tocsin.records import Behaviour as Kind
from tocsin.records import Peer as PeerRecord
from tocsin.store.engine import Engine
from tocsin.store.place import Remote
from tocsin.wording import defanged, listing, many, moment, span

CASES_SHOWN = 10
BEACON, FLOOD = "c2_beacon", "ddos_source"
STATES = {
    "open": "open; nobody has been told",
    "notified": "told; no answer yet",
    "acknowledged": "told and acknowledged",
    "claimed": "said to be clean; not verified",
    "verified_clean": "verified clean",
    "false_positive": "a false alarm",
    "expired": "expired",
    "referred": "referred to another party",
}
# Steps of a case's life that the thread shows, with the state that an event leaves the case in.
LIFE = (
    ("Acknowledged", "nobody has answered", "acknowledged"),
    ("Verified clean", "it is not verified clean", "verified_clean"),
)


def case_parts(facts: Facts, engine: Engine, flows: Sequence[Path | Remote]) -> tuple[list[CasePart], str]:
    """The gravest cases that the readers may know, and how many more there are.

    ``flows`` are the lake's files of flows.
    """
    ordered = sorted(facts.cases, key=lambda case: (-case.severity, case.opened, case.id))
    more = len(ordered) - CASES_SHOWN
    said = f"{many(more, 'more case')} of less weight: 'tocsin cases' lists them." if more > 0 else ""
    return [_part(facts, engine, flows, case) for case in ordered[:CASES_SHOWN]], said


def _part(facts: Facts, engine: Engine, flows: Sequence[Path | Remote], case: Case) -> CasePart:
    findings = [facts.findings[id_] for id_ in case.findings if id_ in facts.findings]
    party = case.responsible["party"]
    last = min(case.last_seen, facts.as_of)
    return CasePart(
        id=case.id,
        title=f"{TITLES[story(case.behaviours)].capitalize()} {subject(case)}, {facts.name(party)}",
        subject=subject(case),
        state=STATES[case.state],
        sentence=f"{subject(case)} {listing([BEHAVIOURS[name].phrase for name in case.behaviours])}.",
        responsible=facts.name(party),
        responsible_how=_how(facts, case),
        alternatives=listing([facts.name(other) for other in case.responsible["alternatives"]]),
        window=_window(case.opened, last),
        behaviours=[_behaviour(name, findings) for name in case.behaviours],
        peers=_peers(findings),
        history=_history(facts, case),
        pictures=[*_traffic(engine, flows, findings), _thread(facts, case, last)],
    )


def _how(facts: Facts, case: Case) -> str:
    as_of = case.responsible["as_of"]
    return facts.named(case.responsible["how"]) + (f"; held since {as_of}." if as_of else ".")


def _window(first: datetime, last: datetime) -> Window:
    return Window(start=first.isoformat(), end=last.isoformat(), text=span(first, last))


def _behaviour(name: str, findings: Sequence[Finding]) -> Behaviour:
    own = sorted((finding for finding in findings if finding.behaviour == name), key=lambda finding: finding.day)
    phrase = BEHAVIOURS[name].phrase
    return Behaviour(
        name=name,
        title=phrase[0].upper() + phrase[1:],
        technique=BEHAVIOURS[name].technique,
        explanations=[f"{moment(finding.first_seen)}: {_explained(finding)}" for finding in own],
        confidence=max((finding.confidence for finding in own), default=0),
        findings=[finding.id for finding in own],
    )


def _explained(finding: Finding) -> str:
    """The explanation, with addresses defanged and names of peers too."""
    text = finding.explanation
    for name in {peer["name"] for peer in finding.peers if peer["name"]}:
        text = text.replace(name, name.replace(".", "[.]"))
    return defanged(text)


def _peers(findings: Sequence[Finding]) -> list[Peer]:
    parts: dict[str, str] = {}
    for finding in findings:
        part = _part_of(BEHAVIOURS[finding.behaviour])
        for peer in finding.peers:
            parts.setdefault(endpoint(peer), part)
    return [Peer(text=text, part=part) for text, part in parts.items()]


def _part_of(behaviour: Kind) -> str:
    """What the peers of a behaviour are to the case."""
    if behaviour.seeking:
        return "looked for"
    return "control server" if behaviour.commanded else "attacked"


def _history(facts: Facts, case: Case) -> list[Event]:
    happened = [(event.time, _told(event)) for event in facts.events if event.case == case.id]
    for notice in facts.notices:
        if notice.case == case.id:
            happened.append((notice.written, f"Notice to {facts.name(notice.recipient)} written"))
            if notice.sent is not None:
                happened.append((notice.sent, f"Notice to {facts.name(notice.recipient)} sent"))
    return [
        Event(time=time.isoformat(), when=moment(time), text=text)
        for time, text in sorted(happened, key=lambda event: event[0])
    ]


def _told(event: CaseEvent) -> str:
    name = event.event.replace("_", " ").capitalize()
    return defanged(f"{name}: {event.note}" if event.note else name)


def _traffic(engine: Engine, flows: Sequence[Path | Remote], findings: Sequence[Finding]) -> list[Picture]:
    """Strip and pulse, as far as the lake still has the traffic. Victims that are withheld are in no picture."""
    pictures = []
    beacons = [finding for finding in findings if finding.behaviour == BEACON and finding.host and finding.peers]
    if beacons and (seen := _contacts(engine, flows, beacons[0])):
        first = beacons[0]
        interval = first.evidence[0].get("interval_median_seconds") if first.evidence else None
        pictures.append(strip.describe(str(first.host), endpoint(first.peers[0]), seen, interval, _source(first)))
    floods = [finding for finding in findings if finding.behaviour == FLOOD and finding.host]
    if floods and (seconds := _floods(engine, flows, floods)):
        pictures.append(pulse.describe(str(floods[0].host), seconds, _source(floods[0])))
    return pictures


def _contacts(engine: Engine, flows: Sequence[Path | Remote], finding: Finding) -> Contacts | None:
    return contacts(engine, flows, str(finding.host), finding.peers[0])


def _floods(engine: Engine, flows: Sequence[Path | Remote], findings: Sequence[Finding]) -> dict[str, Flood]:
    targets: dict[str, tuple[str, PeerRecord]] = {}
    for finding in findings:
        for peer in finding.peers:
            targets.setdefault(endpoint(peer), (str(finding.host), peer))
    seen = {name: flood(engine, flows, host, peer) for name, (host, peer) in targets.items()}
    return {name: found for name, found in seen.items() if found is not None}


def _source(finding: Finding) -> str:
    return f"Flows in the lake; detector {finding.detector}"


def _thread(facts: Facts, case: Case, last: datetime) -> Picture:
    notices = [notice for notice in facts.notices if notice.case == case.id]
    events = [event for event in facts.events if event.case == case.id]
    stages = [
        thread.Stage(
            "Notice written", "no notice is written", min((notice.written for notice in notices), default=None)
        ),
        thread.Stage(
            "Told", "nobody has been told", min((notice.sent for notice in notices if notice.sent), default=None)
        ),
    ]
    for name, lacking, state in LIFE:
        reached = (event.time for event in events if event.state == state)
        stages.append(thread.Stage(name, lacking, min(reached, default=None)))
    return thread.describe(case.opened, last, facts.as_of, stages, "Ledger: case, events, notices")
