"""How many of a thousand subscribers are infected.

Says: how widespread infection is at one party, or at all parties together, in one window of time.

Formula: 1000 times the distinct infected subscribers of the window, divided by the mean number of active subscribers
on its days. Infected is the subject (host or subscriber) of a case that the party is responsible for, when an attacking
behaviour of it was found in the window and no rule hides that finding, and the case was not found to be false. The
interval is Wilson's, 95 %. The figure for all adds up the parties whose own figure is known, and names the others.

Needs: findings, cases, networks and coverage, and a count of subscribers in force on every day of the window. Without
that count the figure is not known, nor where nothing of the party's networks was watched.

Misleads when: several hosts stand behind one subscriber and are counted one by one; a day counts as watched though its
sensor saw an hour of it; detectors, sensors or members changed between two windows; a case rests on others' reports
alone, which are not counted.

Learn more: M3AAWG Bot Metrics Report (2014); Asghari, Ciere, van Eeten, Post-Mortem of a Zombie (USENIX Security 2015);
Wilson, Probable Inference, the Law of Succession, and Statistical Inference (1927).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from scipy import stats

from tocsin.programme.measures._known import known_cases, taking_part
from tocsin.programme.measures._watch import Watch, merged, watches
from tocsin.programme.measures._window import ALL, Window, figure
from tocsin.records import ATTACKING, Finding, Measure, SubscriberCount
from tocsin.store.ledger import read, sql_table

NAME = "infection_rate"
PER = 1000
UNIT = "per 1000 subscribers"
COUNTED_KINDS = ("host", "subscriber")
REASONS_SHOWN = 3


@dataclass(slots=True)
class Infected:
    """Infected subjects of one party, and the cases and findings that show it."""

    subjects: set[tuple[str, str]] = field(default_factory=set)
    basis: list[str] = field(default_factory=list)


def measure(connection: sa.Connection, window: Window) -> list[Measure]:
    """The rate of each party that takes part, by id, then of all together."""
    days_of = taking_part(connection, window.days)
    infected = _infected(connection, window, days_of)
    watched = watches(connection, days_of, window.start, window.known_until)
    counts = read(connection, SubscriberCount)
    figures = [
        _of_party(window, party, infected[party], _mean_subscribers(counts, party, days), watched[party])
        for party, days in days_of.items()
    ]
    return [*figures, _of_all(window, figures, watched, len(infected[None].subjects))]


def _infected(
    connection: sa.Connection, window: Window, days_of: dict[str, list[date]]
) -> defaultdict[str | None, Infected]:
    """Infected subjects by the party responsible; under None those that nobody is responsible for."""
    found = {finding.id: finding for finding in _attacking(connection, window)}
    infected: defaultdict[str | None, Infected] = defaultdict(Infected)
    for case in known_cases(connection, window.as_of):
        party = case.responsible["party"]
        days = window.days if party is None else days_of.get(party, [])
        proof = [id_ for id_ in case.findings if id_ in found and found[id_].day in days]
        if proof and case.subject["kind"] in COUNTED_KINDS:
            infected[party].subjects.add((case.subject["kind"], case.subject["value"]))
            infected[party].basis += [case.id, *proof]
    return infected


def _attacking(connection: sa.Connection, window: Window) -> list[Finding]:
    """Findings of attacking behaviour whose evidence lies in the window, was known then and is not hidden."""
    finding = sql_table(Finding).c
    return read(
        connection,
        Finding,
        finding.behaviour.in_(sorted(ATTACKING)),
        finding.suppressed_by.is_(None),
        finding.first_seen < window.end,
        finding.first_seen <= window.as_of,
        finding.last_seen >= window.start,
    )


def _mean_subscribers(counts: Iterable[SubscriberCount], party: str, days: Sequence[date]) -> float | str:
    """Mean of the counts in force on these days; where one is lacking, the sentence that says so."""
    own = sorted((count for count in counts if count.holder == party), key=lambda count: count.day)
    in_force = [[count.subscribers for count in own if count.day <= day][-1:] for day in days]
    without = [day for day, count in zip(days, in_force, strict=True) if not count]
    if without:
        more = {1: "", 2: " and 1 more day"}.get(len(without), f" and {len(without) - 1} more days")
        return f"no subscriber count for {party} on {without[0].isoformat()}{more}"
    mean = sum(count[0] for count in in_force) / len(in_force)
    return mean or f"{party} had no subscribers"


def _of_party(window: Window, party: str, infected: Infected, subscribers: float | str, watch: Watch) -> Measure:
    count = len(infected.subjects)
    if isinstance(subscribers, str):
        return _rate(window, party, count, None, subscribers, watch, infected.basis)
    reason = None
    if watch.blind:
        reason = f"no sensor watched the networks of {party}"
    elif count > subscribers:
        # Without the numbers: the figure of all repeats the sentence to readers who may not see small counts.
        reason = f"more infected than subscribers on record for {party}; correct the count"
    return _rate(window, party, count, subscribers, reason, watch, infected.basis)


def _of_all(window: Window, figures: Sequence[Measure], watched: dict[str, Watch], nobodys: int) -> Measure:
    known = [figure for figure in figures if figure.value is not None]
    left_out = {figure.scope: figure.missing for figure in figures if figure.value is None}
    reasons = [str(reason).removeprefix("not known: ") for reason in left_out.values()]
    if len(reasons) > REASONS_SHOWN:
        reasons = [*reasons[:REASONS_SHOWN], f"{len(reasons) - REASONS_SHOWN} more parties likewise"]
    detail: dict[str, object] = {"left_out": left_out, "infected_nobody_is_responsible_for": nobodys}
    if known and left_out:
        detail["note"] = f"leaves out {', '.join(left_out)}: {'; '.join(reasons)}"
    return _rate(
        window,
        ALL,
        sum(int(figure.numerator or 0) for figure in known) if known else None,
        sum(figure.denominator or 0 for figure in known) or None,
        None if known else "; ".join(reasons) or "no party takes part",
        merged(watched[figure.scope] for figure in known),
        [id_ for figure in known for id_ in figure.basis],
        detail,
    )


def _rate(
    window: Window,
    scope: str,
    count: int | None,
    subscribers: float | None,
    reason: str | None,
    watch: Watch,
    basis: Sequence[str],
    detail: dict[str, object] | None = None,
) -> Measure:
    value: float | None = None
    interval: tuple[float | None, float | None] = (None, None)
    if reason is None and subscribers and count is not None:
        value = PER * count / subscribers
        wilson = stats.binomtest(count, round(subscribers)).proportion_ci(0.95, method="wilson")
        interval = (PER * float(wilson.low), PER * float(wilson.high))
    return figure(
        window,
        NAME,
        scope,
        unit=UNIT,
        value=value,
        interval=interval,
        numerator=count,
        denominator=subscribers,
        missing=f"not known: {reason}" if value is None else None,
        watch=watch,
        detail=detail,
        basis=basis,
    )
