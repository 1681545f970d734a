"""The report as it stands now: built again when the ledger has changed or a minute has passed, else kept."""

from collections.abc import Callable
from pathlib import Path
from threading import Lock

import sqlalchemy as sa

from tocsin.programme.report import build_document
from tocsin.programme.report.shape import Document
from tocsin.store.ledger import Ledger
from tocsin.workspace import Workspace

Mark = tuple[object, ...]


class Current:
    """Keeps the newest document and what was drawn from it. Requests may come from several threads."""

    def __init__(self, workspace: Workspace, ledger: Ledger) -> None:
        self._workspace = workspace
        self._ledger = ledger
        self._lock = Lock()
        self._mark: Mark = ()
        self._document: Document | None = None
        self._drawn: dict[str, bytes] = {}

    def drawn(self, form: str, write: Callable[[Document], bytes]) -> bytes:
        """The report in a form; ``write`` draws it when that has not been done yet."""
        with self._lock:
            document = self._newest()
            if form not in self._drawn:
                self._drawn[form] = write(document)
            return self._drawn[form]

    def _newest(self) -> Document:
        mark = self._now()
        if self._document is None or mark != self._mark:
            with self._ledger.look() as connection:
                self._document = build_document(self._workspace, connection)
            self._mark, self._drawn = mark, {}
        return self._document

    def _now(self) -> Mark:
        """Changes with the minute, and with the files of a SQLite ledger."""
        return self._workspace.now().replace(second=0, microsecond=0), *_changed(self._ledger.engine.url)


def _changed(url: sa.URL) -> Mark:
    if url.get_backend_name() != "sqlite" or not url.database:
        return ()
    files = [Path(url.database + ending) for ending in ("", "-wal")]
    return tuple((file.stat().st_mtime_ns, file.stat().st_size) for file in files if file.exists())
