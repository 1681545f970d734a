"""Colours of report and page: one set of tokens, light and dark; hues are those of Okabe and Ito (2008).

A token stands in pictures and templates as a CSS custom property, such as ``var(--ink)``. On the page the viewer's
setting chooses light or dark; the PDF is always light.
"""

import re
from importlib.resources import files
from pathlib import Path

# Source Sans 3 and Source Code Pro: the PDF and the pictures in it look alike on a machine without fonts.
FONTS = Path(str(files("tocsin.content") / "fonts"))

LIGHT, DARK = 0, 1

# Contrast of text tokens on paper is at least 4.5 in both columns (WCAG 2.2, 1.4.3); of marks at least 3 (1.4.11).
TOKENS: dict[str, tuple[str, str]] = {
    "paper": ("#ffffff", "#16181a"),
    "ink": ("#1b1d1f", "#e9eaeb"),
    "quiet": ("#595f66", "#a4abb3"),
    "line": ("#d5d9dd", "#3a4046"),
    "accent": ("#00629b", "#66bdf0"),
    "urgent": ("#b23c00", "#ff9257"),
    "beacon": ("#0072b2", "#56b4e9"),
    "flood": ("#d55e00", "#f0803c"),
    "comb": ("#a86f00", "#e69f00"),
    "told": ("#007a58", "#1fbf93"),
}
TOKEN = re.compile(r"var\(--([a-z]+)\)")


def token(name: str) -> str:
    """How a colour is written in a picture or template."""
    return f"var(--{TOKENS[name] and name})"


def custom_properties(side: int) -> str:
    """The tokens as CSS declarations, for LIGHT or DARK."""
    return "".join(f"--{name}:{colours[side]};" for name, colours in TOKENS.items())


def in_colour(text: str, side: int) -> str:
    """The same text with each token replaced by its colour, for places that know no CSS.

    >>> in_colour('<path fill="var(--ink)"/>', LIGHT)
    '<path fill="#1b1d1f"/>'
    """
    return TOKEN.sub(lambda found: TOKENS[found[1]][side], text)
