"""Writing a report in the form that a file's name asks for."""

from datetime import datetime
from pathlib import Path

from tocsin.cli._output import write_file
from tocsin.errors import WrongUse
from tocsin.programme.report import build_document, write_html, write_json, write_pdf
from tocsin.store.ledger import Ledger
from tocsin.workspace import Workspace

FORMS = {".html": write_html, ".pdf": write_pdf, ".json": write_json}


def write_report(
    workspace: Workspace,
    ledger: Ledger,
    path: Path,
    *,
    as_of: datetime | None = None,
    audience: str | None = None,
    edition: str | None = None,
) -> None:
    """Write the report to ``path``: HTML, PDF or JSON by its ending. Raises WrongUse for another ending."""
    write = FORMS.get(path.suffix)
    if write is None:
        raise WrongUse(f"no such form of report: {path}: end the name in {', '.join(FORMS)}")
    with ledger.look() as connection:
        document = build_document(workspace, connection, as_of=as_of, audience=audience, edition=edition)
    write_file(path, write(document))
