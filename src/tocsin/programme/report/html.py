"""The report as one HTML file: no script, nothing loaded from anywhere, for light, dark, telephone and paper."""

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from tocsin.programme.report._look import DARK, LIGHT, custom_properties
from tocsin.programme.report.document import digest
from tocsin.programme.report.pictures import WIDTHS, svg
from tocsin.programme.report.shape import Document

# Addresses as the document writes them: broken by brackets, or a network.
ADDRESS = re.compile(r"[0-9A-Fa-f:.]+\[[.:]\][0-9A-Fa-f:.]*[0-9A-Fa-f]|\b\d{1,3}(?:\.\d{1,3}){3}/\d{1,2}\b")


def write_html(document: Document, *, links: bool = False) -> bytes:
    """Draw the document as HTML. ``links`` adds a line that leads to the other forms, for a page that serves them."""
    page = _templates().get_template("report.html.j2")
    text = page.render(
        report=document,
        digest=digest(document),
        style=Markup(style()),  # noqa: S704  (our own file and colours)
        policy=policy(),
        pictures=_pictures(document),
        links=links,
    )
    return text.encode()


@cache
def style() -> str:
    """The style sheet: the colours of light and dark, then the rules."""
    dark = f"@media (prefers-color-scheme: dark) and (not print) {{ :root {{ {custom_properties(DARK)} }} }}\n"
    rules = files("tocsin.programme.report").joinpath("templates/report.css").read_text(encoding="utf-8")
    return f":root {{ {custom_properties(LIGHT)} }}\n{dark}{rules}"


@cache
def policy() -> str:
    """The Content-Security-Policy of the page: this style sheet, and nothing else."""
    hashed = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{hashed}'; img-src 'self' data:; base-uri 'none'; form-action 'none'"


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("tocsin.programme.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["coded"] = coded
    return environment


def coded(text: str) -> Markup:
    """A text, escaped, with its addresses in the face for code.

    >>> coded("<b> 192.0.2[.]1")
    Markup('&lt;b&gt; <code>192.0.2[.]1</code>')
    """
    return Markup(ADDRESS.sub(r"<code>\g<0></code>", str(escape(text))))  # noqa: S704  (escaped before)


def _pictures(document: Document) -> dict[tuple[str, str], dict[str, Markup]]:
    return {
        (case["id"], picture["kind"]): {
            size: Markup(svg(picture, width))  # noqa: S704  (drawn by Vega, which escapes text)
            for size, width in WIDTHS.items()
        }
        for case in document["cases"]
        for picture in case["pictures"]
    }
