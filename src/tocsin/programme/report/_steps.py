"""Who must act next, on what: from notices and mitigations that wait, open cases, and tasks that fall due."""

from collections.abc import Iterator, Mapping

from tocsin.programme import state_at
from tocsin.programme.report._facts import Facts
from tocsin.programme.report.shape import Step
from tocsin.records import Case, Mitigation, Notice
from tocsin.wording import day, defanged, many, moment

STEPS_SHOWN, TASKS_SHOWN = 6, 2  # page one has room for so many
WAITING = ("open", "notified", "acknowledged")


def steps(facts: Facts) -> tuple[list[Step], str]:
    """The first steps, and how many more there are: first what waits for a person now, the oldest first."""
    found = [*_notices(facts), *_mitigations(facts), *_cases(facts)]
    ordered = [*sorted(found, key=lambda step: not step["urgent"]), *_tasks(facts)]
    more = len(ordered) - STEPS_SHOWN
    return ordered[:STEPS_SHOWN], f"{many(more, 'more step')}: 'tocsin cases' lists what waits." if more > 0 else ""


def subject(case: Case) -> str:
    """The subject of a case as it is written."""
    return defanged(case.subject["value"])


def _notices(facts: Facts) -> Iterator[Step]:
    cases = {case.id: case for case in facts.cases}
    for notice in sorted(facts.notices, key=lambda notice: notice.written):
        if notice.sent is None and notice.state == "awaiting_approval":
            yield _notice(facts, notice, cases[notice.case])


def _notice(facts: Facts, notice: Notice, case: Case) -> Step:
    return Step(
        who=facts.name(facts.operator),
        what=f"Approve the notice to {facts.name(notice.recipient)} about {subject(case)}, or withdraw it.",
        why="Nothing leaves without a person's yes; until then nobody has been told.",
        since=f"Waiting since {moment(notice.written)}",
        urgent=True,
        basis=[notice.id, case.id],
    )


def _mitigations(facts: Facts) -> Iterator[Step]:
    for mitigation in sorted(facts.mitigations, key=lambda mitigation: mitigation.written):
        if mitigation.state == "proposed":
            yield _mitigation(facts, mitigation)


def _mitigation(facts: Facts, mitigation: Mitigation) -> Step:
    target = endpoint(mitigation.target)
    return Step(
        who=facts.name(mitigation.owner),
        what=f"Decide on the proposed block of {target} ({mitigation.kind}).",
        why=f"{defanged(mitigation.reason).rstrip('.')}. It would end by itself on {moment(mitigation.until)}.",
        since=f"Proposed {moment(mitigation.written)}",
        urgent=True,
        basis=[mitigation.id, mitigation.case],
    )


def endpoint(peer: Mapping[str, object]) -> str:
    """An address with port and protocol as it is written, or the name of what has no address, defanged."""
    name = str(peer["name"]).replace(".", "[.]") if peer.get("name") else ""
    if peer.get("address") is None:
        return name or "unknown"
    name = f" ({name})" if name else ""
    port = f", port {peer['port']}/{peer['proto']}" if peer.get("port") is not None else ""
    return f"{defanged(str(peer['address']))}{name}{port}"


def _cases(facts: Facts) -> Iterator[Step]:
    for case in sorted(facts.cases, key=lambda case: (-case.severity, case.opened)):
        if case.state in WAITING:
            yield _case(facts, case)


def _case(facts: Facts, case: Case) -> Step:
    told = case.state != "open"
    party = case.responsible["party"]
    what, why = (
        f"Find and clean {subject(case)}.",
        "It has been told." if told else "It can begin once it has been told.",
    )
    if party is None:
        what, why = f"Find out who is responsible for {subject(case)}.", f"{facts.named(case.responsible['how'])}."
    return Step(
        who=facts.name(party) if party else facts.name(facts.operator),
        what=what,
        why=why,
        since=f"Infected since {moment(case.opened)} or earlier",
        urgent=told or party is None,
        basis=[case.id],
    )


def _tasks(facts: Facts) -> Iterator[Step]:
    ahead = [item for item in facts.items if item.due and state_at(item, facts.as_of) not in ("done", "dropped")]
    for item in sorted(ahead, key=lambda item: item.due or facts.as_of.date())[:TASKS_SHOWN]:
        late = (facts.as_of.date() - item.due).days if item.due else 0
        yield Step(
            who=", ".join(item.leads) or "nobody known",
            what=f"{item.title.rstrip('.')}.",
            why=f"Task {item.id} of the road map, due on {day(item.due)}." if item.due else "",
            since=f"{many(late, 'day')} overdue" if late > 0 else f"In {many(-late, 'day')}",
            urgent=late > 0,
            basis=[item.id],
        )
