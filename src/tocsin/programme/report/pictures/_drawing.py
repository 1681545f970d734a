"""From a picture in the document to SVG: one grammar, one set of fonts, colours and sizes for all."""

import re
from collections.abc import Sequence
from datetime import datetime
from textwrap import wrap
from typing import Any

import altair as alt
import vl_convert

from tocsin.programme.report._look import FONTS, token
from tocsin.programme.report.shape import Picture
from tocsin.units import units

# Pixels: for a page of 75 characters and for print; and for a telephone of 360 pixels.
WIDTHS = {"wide": 640, "narrow": 312}
# The digit in the family's name makes it none to CSS unless quoted, and quoted it is none to vl-convert, which then
# measures text by whatever font the machine has: so it is drawn under the font's PostScript name.
FONT, FAMILY = "SourceSans3-Regular", "'Source Sans 3'"
LETTER = 6.6  # pixels that a letter takes on average, in the widest of the system fonts
_SIZE = re.compile(r' width="[\d.]+" height="([\d.]+)"')

# What XML 1.0 forbids: vl-convert does not survive it.
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

TICK_WIDTH = 80  # pixels that a label of an axis needs

# Hours and minutes; the date where a day begins.
CLOCK_LABEL = "utcFormat(datum.value, utchours(datum.value) + utcminutes(datum.value) == 0 ? '%-d %b' : '%H:%M')"


def svg(picture: Picture, width: int) -> str:
    """A picture as SVG of that width in pixels. Colours stand in it as tokens (see ``_look``)."""
    _register_fonts()
    unit = units("tocsin.programme.report.pictures")[picture["kind"]].load()
    spec = _styled(unit.chart(_without_not_xml(picture["data"]), width))
    drawn = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    # Width and height are the template's business; the view box keeps the proportions.
    drawn = drawn.replace(f'font-family="{FONT}"', f'font-family="{FAMILY}"')
    return _SIZE.sub(r' role="presentation" focusable="false"', drawn, count=1)


def layer(rows: list[dict[str, Any]]) -> alt.Chart:
    """A chart over rows that stand in the picture."""
    return alt.Chart(alt.InlineData(values=rows))


def time_axis(width: int, at: Sequence[datetime] = ()) -> alt.Axis:
    """An axis of UTC time with as many labels as fit the width, or with labels ``at`` these times."""
    axis = alt.Axis(
        title=None, labelExpr=CLOCK_LABEL, labelOverlap=True, labelSeparation=12, labelAlign="left", labelBound=True
    )
    axis["values" if at else "tickCount"] = [time.timestamp() * 1000 for time in at] or width // TICK_WIDTH
    return axis


def heading(width: float, text: str, second: str = "") -> alt.TitleParams:
    """The label of a part of a picture, above its left edge, in as many lines as the width needs."""
    letters = int(width / LETTER)
    return alt.TitleParams(wrap(text, letters), subtitle=wrap(second, letters))


def _styled(chart: alt.TopLevelMixin) -> dict[str, Any]:
    plain: dict[str, Any] = {"labelColor": token("quiet"), "titleColor": token("quiet"), "domainColor": token("line")}
    title = {"anchor": "start", "frame": "group", "color": token("ink"), "fontSize": 13, "fontWeight": 400, "offset": 6}
    spec: dict[str, Any] = chart.to_dict()
    spec["background"] = "transparent"
    spec["padding"] = {"left": 0, "right": 8, "top": 2, "bottom": 2}
    spec["config"] = {
        "font": FONT,
        "aria": False,
        "view": {"stroke": None},
        "axis": plain
        | {"grid": False, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": 400}
        | {"tickColor": token("line"), "tickSize": 4},
        "title": title | {"subtitleColor": token("quiet"), "subtitleFontSize": 12},
        "text": {"color": token("ink"), "fontSize": 12, "align": "left", "baseline": "middle"},
    }
    return spec


def _without_not_xml(part: Any) -> Any:
    """A part of a picture's data; its texts without characters that XML cannot hold."""
    if isinstance(part, str):
        return _NOT_XML.sub("", part)
    if isinstance(part, dict):
        return {name: _without_not_xml(value) for name, value in part.items()}
    return [_without_not_xml(value) for value in part] if isinstance(part, list) else part


def _register_fonts() -> None:
    vl_convert.register_font_directory(str(FONTS))
