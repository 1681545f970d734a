"""The clock of the programme: when the next report is due, and how long that is."""

from dataclasses import dataclass
from datetime import date, datetime

from tocsin.records import Roadmap


@dataclass(frozen=True, slots=True)
class Clock:
    """Where the time to the next report stands on ``day``.

    ``days_left`` is negative once it is overdue; when the report has come (``given``) it is what was left on that
    day. ``mark`` and ``reference`` say where the days come from; ``text`` is all of it in a sentence.
    """

    day: date
    baseline: date
    due: date
    given: date | None
    days_left: int
    mark: str
    reference: str | None
    text: str


def clock(roadmap: Roadmap, moment: datetime) -> Clock | None:
    """The clock at a moment, by what was known then; None before it began to run."""
    day = moment.date()
    if day < roadmap.baseline:
        return None
    given = roadmap.report_given if roadmap.report_given is not None and roadmap.report_given <= day else None
    left = (roadmap.report_due - (given or day)).days
    references = [roadmap.reference, roadmap.report_given_reference if given else None]
    return Clock(
        day=day,
        baseline=roadmap.baseline,
        due=roadmap.report_due,
        given=given,
        days_left=left,
        mark=roadmap.mark,
        reference="; ".join(filter(None, references)) or None,
        text=_text(roadmap.report_due, given, left),
    )


def _text(due: date, given: date | None, left: int) -> str:
    late = "on the day it was due" if left == 0 else f"{_days(left)} {'early' if left > 0 else 'late'}"
    if given is not None:
        return f"The report due on {due.isoformat()} came on {given.isoformat()}, {late}."
    if left < 0:
        return f"The next report was due on {due.isoformat()} and is {_days(left)} overdue."
    return (
        f"The next report is due on {due.isoformat()}, in {_days(left)}." if left else "The next report is due today."
    )


def _days(count: int) -> str:
    return f"{abs(count)} day{'' if abs(count) == 1 else 's'}"
