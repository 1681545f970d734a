"""The pulse: how fast each flood was, second by second, one small picture a target.

Shows: packets a second, or new connections a second where the source counted no packets. All panels share the axis of
    time, so that lengths compare; heights do not, for each has its own scale, from zero.

Needs: the flows of the flood, still in the lake.

Misleads when: a flow lasts longer than a second: its packets are spread evenly over it.

Learn more: the finding of the same case, by the detector of floods.
"""

from typing import Any

import altair as alt

from tocsin.programme.report._look import token
from tocsin.programme.report._traffic import Flood
from tocsin.programme.report.pictures._drawing import heading, layer
from tocsin.programme.report.shape import Picture, Table
from tocsin.wording import defanged, duration, many, moment, number, span

SPACING = 24  # pixels
PANELS = 6  # more targets than these stand in the table of the case only


def describe(host: str, floods: dict[str, Flood], source: str) -> Picture:
    """The pulse of one device. ``floods`` maps the name of a target to its flood, the strongest first."""
    shown = dict(list(floods.items())[:PANELS])
    title = f"{defanged(host)} took part in flooding {many(len(floods), 'address', 'addresses')}"
    parts = [
        f"{target}: {number(flood.total)} {_unit(flood)} in {duration(flood.step * len(flood.rates))} from "
        f"{moment(flood.first)}, at most {number(max(flood.rates))} a second"
        for target, flood in shown.items()
    ]
    return Picture(
        kind="pulse",
        title=title,
        subtitle="How much was sent each second. Heights have scales of their own; lengths compare.",
        source=f"{_window(shown)}. {source}",
        alternative=f"{title}. {'. '.join(parts)}.",
        data={"panels": [_panel(target, flood) for target, flood in shown.items()]},
        tables=[_table(target, flood) for target, flood in shown.items()],
    )


def chart(data: dict[str, Any], width: int) -> alt.TopLevelMixin:
    """One panel a target, side by side where there is room."""
    columns = 2 if width >= 500 and len(data["panels"]) > 1 else 1
    longest = max(panel["step_seconds"] * len(panel["rates"]) for panel in data["panels"])
    each = (width - 8 - SPACING * (columns - 1)) / columns - 40
    panels = [_chart(panel, longest, each) for panel in data["panels"]]
    return alt.concat(*panels, columns=columns, spacing=SPACING)


def _chart(panel: dict[str, Any], longest: float, width: float) -> alt.Chart:
    step = panel["step_seconds"]
    bars = [{"from": i * step, "to": (i + 1) * step, "rate": rate} for i, rate in enumerate(panel["rates"])]
    x = alt.X(
        "from:Q",
        scale=alt.Scale(domain=[0, longest], nice=False),
        axis=alt.Axis(title=None, labelExpr="datum.value + ' s'", tickCount=4),
    )
    y = alt.Y("rate:Q", axis=alt.Axis(title=None, tickCount=3, format=",d", labelExpr="replace(datum.label, ',', ' ')"))
    drawn = (
        layer(bars)
        .mark_rect(color=token("flood"), stroke=token("paper"), strokeWidth=0.75)
        .encode(x, y, x2="to:Q", y2=alt.datum(0))
    )
    whole: alt.Chart = drawn.properties(width=width, height=110, title=heading(width, panel["target"], panel["note"]))
    return whole


def _panel(target: str, flood: Flood) -> dict[str, Any]:
    return {
        "target": target,
        "note": f"{_unit(flood)} a second",
        "first": flood.first.isoformat(),
        "step_seconds": flood.step.total_seconds(),
        "rates": flood.rates,
    }


def _table(target: str, flood: Flood) -> Table:
    column = f"{_unit(flood).capitalize()} a second"
    rows = [[f"{flood.first + i * flood.step:%H:%M:%S}", number(rate)] for i, rate in enumerate(flood.rates)]
    return Table(title=f"Flood of {target}", columns=["From, UTC", column], numeric=[column], rows=rows)


def _unit(flood: Flood) -> str:
    return "packets" if flood.packets else "new connections"


def _window(floods: dict[str, Flood]) -> str:
    first = min(flood.first for flood in floods.values())
    return span(first, max(flood.first + flood.step * len(flood.rates) for flood in floods.values()))
