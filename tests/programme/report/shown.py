"""What a reader sees of a report: its text, with all white space made one."""

import io
from html.parser import HTMLParser

from pypdf import PdfReader

HIDDEN = {"style", "script", "title", "svg"}


def words(text: str) -> str:
    """A text without white space: lines are broken differently on paper and on a screen."""
    return "".join(text.split())


def html_words(page: bytes) -> str:
    """The visible text of a page, without white space."""
    reader = _Reader()
    reader.feed(page.decode())
    return words("".join(reader.parts))


def pdf_words(file: bytes) -> str:
    """The text of a PDF, without white space."""
    pages = PdfReader(io.BytesIO(file)).pages
    return words("".join(page.extract_text() for page in pages))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._hidden += tag in HIDDEN

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in HIDDEN

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)
