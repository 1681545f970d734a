from tests.respond.infected import infect, outbox, rows
from tocsin.records import Mitigation, Notice, Outbox
from tocsin.respond import Outcome, respond
from tocsin.store.ledger import Ledger
from tocsin.workspace import Workspace


def test_every_unit_runs_and_a_second_run_changes_nothing(workspace: Workspace, ledger: Ledger) -> None:
    infect(ledger)
    first = respond(workspace, ledger)
    assert [(outcome.unit, outcome.waiting) for outcome in first] == [("nftables", 1), ("xarf", 1)]
    before = [rows(ledger, record) for record in (Notice, Mitigation, Outbox)], outbox(workspace)
    assert respond(workspace, ledger) == first
    assert ([rows(ledger, record) for record in (Notice, Mitigation, Outbox)], outbox(workspace)) == before


def test_an_empty_ledger_asks_for_nothing(workspace: Workspace, ledger: Ledger) -> None:
    assert respond(workspace, ledger) == (Outcome("nftables", 0, 0, ()), Outcome("xarf", 0, 0, ()))
    assert outbox(workspace) == {}
