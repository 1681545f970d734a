"""The report as a PDF for print: A4, tagged, with bookmarks and vector pictures; the same bytes on every machine."""

from datetime import datetime
from importlib.resources import files

import rfc8785
import typst

from tocsin.programme.report._look import FONTS, LIGHT, TOKENS, in_colour
from tocsin.programme.report.document import digest, write_json
from tocsin.programme.report.pictures import WIDTHS, svg
from tocsin.programme.report.shape import Document


def write_pdf(document: Document) -> bytes:
    """Draw the document as PDF/UA-1 (ISO 14289-1) with typst, from the fonts that come with Tocsin."""
    template = files("tocsin.programme.report").joinpath("templates/report.typ").read_bytes()
    compiler = typst.Compiler(
        template,
        font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]),
        sys_inputs={
            "report": write_json(document).decode(),
            "drawn": rfc8785.dumps(_pictures(document)).decode(),
            "digest": digest(document),
            **{name: colours[LIGHT] for name, colours in TOKENS.items()},
        },
    )
    # The PDF dates itself to the second.
    moment = datetime.fromisoformat(document["as_of"]).replace(microsecond=0)
    drawn = compiler.compile(format="pdf", pdf_standards="ua-1", timestamp=moment)
    if not isinstance(drawn, bytes):
        raise TypeError("typst gave no single file")
    return drawn


def _pictures(document: Document) -> dict[str, str]:
    return {
        f"{case['id']}/{picture['kind']}": in_colour(svg(picture, WIDTHS["wide"]), LIGHT)
        for case in document["cases"]
        for picture in case["pictures"]
    }
