"""How long it takes until the party that must act is told.

Says: the time from the first evidence of a case to its first notice, for half of the cases, at one party or at all
together. Nine tenths are in the detail.

Formula: Kaplan and Meier's median of (notice sent - first evidence of the case) over the cases opened in the window;
cases that nobody was told of are counted as still waiting at the moment the figure speaks of. The 95 % interval inverts
the log-log band. Cases found to be false, or whose evidence a rule hides, are left out.

Needs: cases and notices, and coverage to say what was watched. The median is not known while more than half of the
cases may still wait; it is never taken over the finished ones alone.

Misleads when: evidence is read in long after it was seen, for the time runs from the evidence; a notice goes out that
nobody reads, for it counts as told; a window has few cases, as the interval shows.

Learn more: Kaplan and Meier, Nonparametric Estimation from Incomplete Observations (1958); Brookmeyer and Crowley, A
Confidence Interval for the Median Survival Time (1982); M3AAWG Bot Metrics Report (2014).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from tocsin.programme.measures._known import known_cases, taking_part
from tocsin.programme.measures._waiting import waiting
from tocsin.programme.measures._watch import Watch, merged, watches
from tocsin.programme.measures._window import ALL, Window, figure
from tocsin.records import Case, Measure, Notice
from tocsin.store.ledger import read, sql_table

NAME = "time_to_notice"
UNIT = "h"
HOUR = timedelta(hours=1)


def measure(connection: sa.Connection, window: Window) -> list[Measure]:
    """The time at each party that takes part, by id, then at all together."""
    days_of = taking_part(connection, window.days)
    watched = watches(connection, days_of, window.start, window.known_until)
    told = _told(connection, window.as_of)
    cases = [case for case in known_cases(connection, window.as_of) if window.start <= case.opened < window.end]
    figures = [
        _time(window, party, [case for case in cases if case.responsible["party"] == party], told, watch)
        for party, watch in watched.items()
    ]
    return [*figures, _time(window, ALL, cases, told, merged(watched.values()))]


def _told(connection: sa.Connection, as_of: datetime) -> dict[str, Notice]:
    """The first notice of each case that had been sent by then."""
    sent = read(connection, Notice, sql_table(Notice).c.sent <= as_of)
    latest_first = sorted(sent, key=lambda notice: (notice.sent or as_of, notice.id), reverse=True)
    return {notice.case: notice for notice in latest_first}


def _time(window: Window, scope: str, cases: Sequence[Case], told: dict[str, Notice], watch: Watch) -> Measure:
    ended = [((told[case.id].sent or window.as_of) - case.opened) / HOUR for case in cases if case.id in told]
    lasting = [(window.as_of - case.opened) / HOUR for case in cases if case.id not in told]
    times = waiting(ended, lasting)
    return figure(
        window,
        NAME,
        scope,
        unit=UNIT,
        value=times.median,
        interval=(None, None) if times.median is None else (times.low, times.high),
        numerator=len(ended),
        denominator=len(cases),
        missing=_missing(len(cases), lasting) if times.median is None else None,
        watch=watch,
        detail={
            "p90_hours": times.p90,
            "still_waiting": len(lasting),
            "longest_wait_hours": max(lasting, default=None),
        },
        basis=[case.id for case in cases] + [told[case.id].id for case in cases if case.id in told],
    )


def _missing(cases: int, lasting: Sequence[float]) -> str:
    if not cases:
        return "not known: no case was opened in this window"
    verb = "has" if cases == 1 else "have"
    return (
        f"not known yet: {len(lasting)} of {cases} cases {verb} no notice sent; "
        f"the oldest has waited {_written(max(lasting))}"
    )


def _written(hours: float) -> str:
    return f"{hours:.0f} h" if hours >= 1 else f"{hours * 60:.0f} min"
