"""Page one: is the threat going down, is the road map on time, how sure is all this."""

from collections import Counter

from tocsin.programme import Clock, clock, slip_days, state_at
from tocsin.programme.report._facts import Facts
from tocsin.programme.report.shape import Answer, Figure, Sureness, Timing
from tocsin.records import RoadmapItem
from tocsin.wording import day, listing, many, number, span

THREAT = "infection_rate"
QUESTION = "Is the threat going down, and can the programme take credit?"
NO_CREDIT = "There is no comparison group, so nothing can be credited to the programme."
STATES = ("done", "active", "blocked", "planned", "dropped", "unknown")


def answer(figures: list[Figure]) -> Answer:
    """The answer of page one, from the rate of infection: the first that is known, with that for all parties ahead."""
    rates = [figure for figure in figures if figure["name"] == THREAT]
    rate = next((figure for figure in rates if figure["value"] is not None), None)
    if rate is None:
        why = rates[0]["text"].removeprefix("Not known: ") if rates else "no measure was computed for these readers"
        return Answer(question=QUESTION, sentence="It cannot be said.", reason=f"No rate of infection is known: {why}.")
    sentence, reason = {
        "first": (
            "It cannot be said yet.",
            "This is the first report: there is no earlier window and no comparison group.",
        ),
        "not comparable": ("It cannot be said.", rate["moved"]),
        "not moved": ("Nothing has moved that chance does not explain.", rate["moved"]),
        "fell": ("Fewer devices are infected than before; why, cannot be said.", f"{rate['moved']} {NO_CREDIT}"),
        "rose": ("No. More devices are infected than before.", rate["moved"]),
    }[rate["change"]]
    return Answer(question=QUESTION, sentence=sentence, reason=reason)


def timing(facts: Facts) -> Timing:
    """Where each road map stands: the time to its next report, and its tasks by state."""
    tasks = [item for item in facts.items if item.kind == "task"]
    clocks = [found for plan in facts.roadmaps if (found := clock(plan, facts.as_of))]
    if not clocks:
        sentence = "Not known: there is no road map that has begun."
        return Timing(sentence=sentence, points=[], published=None, due=None, days_left=None)
    first = min(clocks, key=lambda found: found.due)
    return Timing(
        sentence=_clock_sentence(first),
        points=[_by_state(facts, tasks), _late(facts, tasks)] if tasks else ["The road map has no tasks."],
        published=first.baseline.isoformat(),
        due=first.due.isoformat(),
        days_left=first.days_left,
    )


def sureness(facts: Facts, figures: list[Figure]) -> Sureness:
    """What the report rests on, and what is missing."""
    sensors = sorted({covered.sensor for covered in facts.coverage})
    days = {covered.day for covered in facts.coverage}
    if not sensors:
        sentence = (
            "Not at all: nothing was watched. 'tocsin ingest PATH' reads what sensors recorded."
            if facts.audience == facts.operator
            else "These readers are not told what was watched."
        )
    else:
        sentence = (
            f"It rests on {many(len(sensors), 'sensor')} and {many(len(days), 'day')}; nothing is known of other "
            "networks and other days."
        )
    return Sureness(sentence=sentence, points=[*_watched(facts), *_confidence(facts), *_missing(facts, figures)])


def _clock_sentence(time: Clock) -> str:
    whole = (time.due - time.baseline).days
    if time.given is not None:
        late = -time.days_left
        how = "on its day" if not late else f"{many(abs(late), 'day')} {'late' if late > 0 else 'early'}"
        return f"The report that was due on {day(time.due)} came on {day(time.given)}, {how}."
    if time.days_left < 0:
        return f"No. The report was due on {day(time.due)} and is {many(-time.days_left, 'day')} overdue."
    return (
        f"Day {number((time.day - time.baseline).days)} of {number(whole)}: the next report is due on "
        f"{day(time.due)}, in {many(time.days_left, 'day')}."
    )


def _by_state(facts: Facts, tasks: list[RoadmapItem]) -> str:
    states = Counter(state_at(task, facts.as_of) for task in tasks)
    counted = [f"{number(states[state])} {_of_state(state)}" for state in STATES if states[state]]
    return f"Of {many(len(tasks), 'task')}, {listing(counted)}."


def _of_state(state: str) -> str:
    return {"unknown": "of which the state is not known", "active": "under way"}.get(state, state)


def _late(facts: Facts, tasks: list[RoadmapItem]) -> str:
    dated = [task for task in tasks if task.due is not None]
    late = [task for task in dated if (slip_days(task, facts.as_of) or 0) > 0]
    known = f"{number(len(dated))} of {number(len(tasks))} tasks have a due date that is known"
    if not late:
        return f"{known}; none of these is late."
    return f"{known}; {many(len(late), 'task')} of these late: {listing([task.title for task in late])}."


def _watched(facts: Facts) -> list[str]:
    points = []
    for sensor in sorted({covered.sensor for covered in facts.coverage}):
        rows = [covered for covered in facts.coverage if covered.sensor == sensor]
        networks = sorted({covered.network for covered in rows})
        window = span(min(row.first for row in rows), max(row.last for row in rows))
        sampling = max(row.sampling for row in rows)
        sampled = "every packet" if sampling == 1 else f"1 packet in {number(sampling)}"
        points.append(f"Sensor {sensor} watched {listing(networks)}, {sampled}, {window}.")
    return points


def _confidence(facts: Facts) -> list[str]:
    scores = sorted(finding.confidence for finding in facts.findings.values())
    if not scores:
        return []
    spread = f"{scores[0]}" if scores[0] == scores[-1] else f"{scores[0]} to {scores[-1]}"
    return [f"The cases rest on {many(len(scores), 'finding')} with a confidence of {spread} out of 100."]


def _missing(facts: Facts, figures: list[Figure]) -> list[str]:
    # What leads page one is said there; where there was nothing to measure, nothing is lacking.
    said = {figure["text"] for figure in figures if figure["leading"]}
    missing = [
        f"{figure['title']} ({figure['scope']}): {_small(figure['text'])}."
        for figure in figures
        if figure["missing"] and figure["text"] not in said and figure["denominator"] != 0
    ]
    unable = sorted({(row.detector, row.reason or "no reason was given") for row in facts.judgements if not row.able})
    missing += [f"The detector {detector} could not judge: {facts.named(reason)}." for detector, reason in unable]
    lost = sum(ingest.quarantined for ingest in facts.ingests)
    return [*missing, f"{many(lost, 'row')} could not be read and were set aside."] if lost else missing


def _small(text: str) -> str:
    return text[0].lower() + text[1:].rstrip(".")
