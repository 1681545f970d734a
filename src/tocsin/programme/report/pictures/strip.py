"""The strip: each contact of a beacon as a tick on time, and the interval between them as a comb below.

Shows: when a device called the same place, over the whole time, and five minutes of it close up. The close-up begins
    at the contact in the middle of all, so that it is not chosen for its looks.

Needs: the times of the contacts, still in the lake, and the median interval from the finding.

Misleads when: silence is read as health. A device that is off, or a day that nobody watched, leaves the same gap.

Learn more: the finding of the same case, by the detector of beacons.
"""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import altair as alt

from tocsin.programme.report._look import token
from tocsin.programme.report._traffic import CLOSE_UP, Contacts
from tocsin.programme.report.pictures._drawing import heading, layer, time_axis
from tocsin.programme.report.shape import Picture, Table
from tocsin.wording import THIN, defanged, duration, many, moment, number, quantity, span


def describe(host: str, place: str, seen: Contacts, interval_seconds: float | None, source: str) -> Picture:
    """The strip of one pair. ``place`` names the other side; ``interval_seconds`` is the median interval."""
    count = sum(contacts for contacts, _ in seen.counts.values())
    silent = sum(silent for _, silent in seen.counts.values())
    lasted = duration(seen.last - seen.first)
    quiet = _longest_pause(seen)
    title = f"{defanged(host)} called a control server {number(count)} times in {lasted}"
    unanswered = f"{number(round(100 * silent / count))}{THIN}% of them were not answered."
    return Picture(
        kind="strip",
        title=title,
        subtitle=f"Contacts with {place}. {unanswered}",
        source=f"{span(seen.first, seen.last)}. {source}",
        alternative=(
            f"{title}: {place}. {unanswered} The longest pause is {quiet}. Close up, from "
            f"{moment(seen.close_up)}, {many(len(seen.moments), 'contact')} within {duration(CLOSE_UP)}."
        ),
        data={
            "first": seen.first.isoformat(),
            "last": seen.last.isoformat(),
            "step_seconds": seen.step.total_seconds(),
            "ticks": [[time.isoformat(), contacts] for time, (contacts, _) in seen.counts.items()],
            "close_up": seen.close_up.isoformat(),
            "close_up_seconds": CLOSE_UP.total_seconds(),
            "moments": [time.isoformat() for time in seen.moments],
            "interval_seconds": interval_seconds,
        },
        tables=[_by_hour(seen), _moments(seen)],
    )


def chart(data: dict[str, Any], width: int) -> alt.TopLevelMixin:
    """The whole time above, the close-up and its comb below."""
    step = timedelta(seconds=data["step_seconds"])
    ticks = [{"time": time, "until": (datetime.fromisoformat(time) + step).isoformat()} for time, _ in data["ticks"]]
    x = _axis(data["first"], data["last"], time_axis(width))
    whole = layer(ticks).mark_rect(color=token("beacon")).encode(x=x, x2="until:T", y=alt.value(12), y2=alt.value(44))
    arrow = layer([{"time": data["close_up"]}]).mark_point(
        shape="triangle-down", filled=True, size=36, opacity=1, color=token("ink")
    )
    text = f"Each tick: {_spoken(step)} with at least one contact. The arrow marks the close-up."
    above = (whole + arrow.encode(x=x, y=alt.value(5))).properties(
        width=width - 8, height=50, title=heading(width, text)
    )
    return alt.vconcat(above, _close_up(data, width), spacing=12)


def _close_up(data: dict[str, Any], width: int) -> alt.LayerChart | alt.FacetChart:
    begins = datetime.fromisoformat(data["close_up"])
    ends = begins + timedelta(seconds=data["close_up_seconds"])
    minutes = [begins + timedelta(minutes=minute) for minute in range((ends - begins) // timedelta(minutes=1))]
    x = _axis(begins.isoformat(), ends.isoformat(), time_axis(width, minutes))
    ticks = layer([{"time": time} for time in data["moments"]])
    parts = [ticks.mark_tick(thickness=1.5, height=30, yOffset=-8, color=token("beacon")).encode(x=x)]
    text = f"Close up, {_spoken(ends - begins)}: each tick is one contact."
    interval = data["interval_seconds"]
    if interval:
        count = int((ends - begins).total_seconds() / interval) + 1
        teeth = [{"time": (begins + tooth * timedelta(seconds=interval)).isoformat()} for tooth in range(count)]
        parts.append(layer(teeth).mark_tick(thickness=1, height=7, yOffset=20, color=token("comb")).encode(x=x))
        text += f" Comb, for scale: the median interval of {quantity(interval, 's')}."
    return alt.layer(*parts).properties(width=width - 8, height=56, title=heading(width, text))


def _axis(first: str, last: str, axis: alt.Axis) -> alt.X:
    return alt.X("time:T", scale=alt.Scale(type="utc", domain=[first, last]), axis=axis)


def _spoken(time: timedelta) -> str:
    seconds = time.total_seconds()
    return f"{seconds / 60:g} minutes" if seconds > 60 else f"{seconds:g} seconds"


def _longest_pause(seen: Contacts) -> str:
    times = list(seen.counts)
    pauses = [later - earlier for earlier, later in pairwise(times)]
    return duration(max(pauses, default=seen.step))


def _by_hour(seen: Contacts) -> Table:
    hours: dict[datetime, tuple[int, int]] = {}
    for time, (contacts, silent) in seen.counts.items():
        hour = time.replace(minute=0, second=0)
        before = hours.get(hour, (0, 0))
        hours[hour] = (before[0] + contacts, before[1] + silent)
    rows = [
        [f"{hour.day} {hour:%b %H:%M}", number(contacts), number(silent)] for hour, (contacts, silent) in hours.items()
    ]
    return Table(
        title="Contacts by hour; hours without a row had none",
        columns=["Hour, UTC", "Contacts", "Not answered"],
        numeric=["Contacts", "Not answered"],
        rows=rows,
    )


def _moments(seen: Contacts) -> Table:
    rows = [[f"{time:%H:%M:%S}.{time.microsecond // 1000:03}"] for time in seen.moments]
    return Table(title="Contacts in the close-up", columns=["Time, UTC"], numeric=["Time, UTC"], rows=rows)
