"""The status report: one document of figures, and the page, the HTML file and the PDF that are drawn from it."""

from tocsin.programme.report.document import build_document, digest, write_json
from tocsin.programme.report.html import policy, write_html
from tocsin.programme.report.pdf import write_pdf

__all__ = ["build_document", "digest", "policy", "write_html", "write_json", "write_pdf"]
