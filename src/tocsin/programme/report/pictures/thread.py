"""The thread: a case's life from first sight to verified clean.

Shows: when there was evidence, when a notice was written, when someone was told and answered, when it was clean. What
    has not happened is written out; the step that is waited for has a broken line up to now.

Needs: the case, its events and its notices.

Misleads when: evidence is read as unbroken: the bar joins the first and the last of it.

Learn more: the states of a case, in the guide.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import altair as alt

from tocsin.programme.report._look import token
from tocsin.programme.report.pictures._drawing import layer, time_axis
from tocsin.programme.report.shape import Picture, Table
from tocsin.wording import duration, moment, span

LANE = 38  # pixels


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a case's life. ``time`` is null while it has not happened; ``lacking`` says so in words."""

    name: str
    lacking: str
    time: datetime | None


def describe(first: datetime, last: datetime, now: datetime, stages: list[Stage], source: str) -> Picture:
    """The thread of one case: evidence from ``first`` to ``last``, then its stages in order."""
    waiting = next((stage for stage in stages if stage.time is None), None)
    waited = duration(now - first)
    lanes = [
        {
            "text": f"Evidence over {duration(last - first)}",
            "from": first.isoformat(),
            "to": last.isoformat(),
            "kind": "seen",
        }
    ]
    lanes += [_lane(stage, waiting, first, now) for stage in stages]
    title = f"Closed after {waited}" if waiting is None else f"{waited} after first sight, {waiting.lacking}"
    return Picture(
        kind="thread",
        title=title,
        subtitle="What has happened in this case, and what it waits for.",
        source=f"{span(first, now)}. {source}",
        alternative=f"{title}. {'. '.join(lane['text'] for lane in lanes)}.",
        data={"first": first.isoformat(), "now": now.isoformat(), "lanes": lanes},
        tables=[_table(first, last, stages)],
    )


def chart(data: dict[str, Any], width: int) -> alt.TopLevelMixin:
    """A lane a step, each with its words above its mark."""
    lanes = [lane | {"lane": number, "start": data["first"]} for number, lane in enumerate(data["lanes"])]
    axis = time_axis(width)
    x = alt.X("from:T", scale=alt.Scale(type="utc", domain=[data["first"], data["now"]]), axis=axis)
    y = alt.Y("lane:O", axis=None, scale=alt.Scale(paddingInner=0, paddingOuter=0))
    words = layer(lanes).mark_text(dy=-9).encode(alt.X("start:T", axis=axis), y, text="text:N")
    seen = layer([lane for lane in lanes if lane["kind"] == "seen"])
    waits = layer([lane for lane in lanes if lane["kind"] == "waits"])
    done = layer([lane for lane in lanes if lane["kind"] == "done"])
    drawn = alt.layer(
        words,
        seen.mark_rule(yOffset=9, strokeWidth=6, strokeCap="butt", color=token("beacon")).encode(x, y, x2="to:T"),
        waits.mark_rule(yOffset=9, strokeDash=[2, 4], strokeWidth=2, color=token("urgent")).encode(x, y, x2="to:T"),
        done.mark_point(yOffset=9, size=90, filled=True, opacity=1, color=token("told")).encode(x, y),
    )
    return drawn.properties(width=width - 18, height=LANE * len(lanes))


def _lane(stage: Stage, waiting: Stage | None, first: datetime, now: datetime) -> dict[str, str]:
    if stage.time is not None:
        return {"text": f"{stage.name}: {moment(stage.time)}", "from": stage.time.isoformat(), "kind": "done"}
    if stage is waiting:
        text = f"{stage.name}: not yet, {duration(now - first)} so far"
        return {"text": text, "from": first.isoformat(), "to": now.isoformat(), "kind": "waits"}
    return {"text": f"{stage.name}: not yet", "kind": "ahead"}


def _table(first: datetime, last: datetime, stages: list[Stage]) -> Table:
    rows = [["First evidence", moment(first)], ["Last evidence", moment(last)]]
    rows += [[stage.name, "not yet" if stage.time is None else moment(stage.time)] for stage in stages]
    return Table(title="Steps of the case", columns=["Step", "When"], numeric=[], rows=rows)
