from dataclasses import replace
from datetime import timedelta

from tests.formats.infected import CASE
from tocsin.programme.report import write_json
from tocsin.programme.report.shape import Document
from tocsin.store.ledger import Ledger, put
from tocsin.web._current import Current
from tocsin.workspace import Workspace


def test_what_was_drawn_is_kept_while_nothing_changes(workspace: Workspace, ledger: Ledger) -> None:
    drawn = []

    def write(document: Document) -> bytes:
        drawn.append(document)
        return write_json(document)

    current = Current(workspace, ledger)
    assert current.drawn("json", write) == current.drawn("json", write)
    assert len(drawn) == 1


def test_a_change_of_the_ledger_shows_at_once(workspace: Workspace, ledger: Ledger) -> None:
    current = Current(workspace, ledger)
    before = current.drawn("json", write_json)
    with ledger.write() as connection:
        put(connection, [CASE])
    after = current.drawn("json", write_json)
    assert CASE.id.encode() in after and CASE.id.encode() not in before


def test_time_passing_shows_too(workspace: Workspace, ledger: Ledger) -> None:
    current = Current(workspace, ledger)
    before = current.drawn("json", write_json)
    settings = workspace.settings.model_copy(update={"now": workspace.now() + timedelta(days=1)})
    later = Current(replace(workspace, settings=settings), ledger)
    assert later.drawn("json", write_json) != before
