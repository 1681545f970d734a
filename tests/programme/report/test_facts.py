from collections.abc import Callable
from dataclasses import replace

from tests.formats.infected import CASE, FINDINGS
from tocsin.programme.report._facts import facts, marked
from tocsin.programme.report.shape import Document
from tocsin.store.ledger import Ledger, put
from tocsin.workspace import Workspace


def test_another_partys_case_that_may_not_be_passed_on_is_counted_and_not_told(
    built: Callable[..., Document], filled: Workspace, ledger: Ledger
) -> None:
    strict = replace(CASE, id="strict", marking="TLP:AMBER+STRICT", subject={"kind": "host", "value": "192.168.1.9"})
    with ledger.write() as connection:
        put(connection, [strict])
        own = facts(filled, connection, filled.now(), "example-provider")
        members = facts(filled, connection, filled.now(), "example-campus")
    assert (len(own.cases), own.withheld) == (2, 0)
    assert ([case.id for case in members.cases], members.withheld) == ([CASE.id], 1)
    assert "withheld" in built(audience="example-campus")["withheld"]


def test_findings_without_a_case_are_in_no_report(filled: Workspace, ledger: Ledger) -> None:
    stray = replace(FINDINGS[0], id="stray")
    with ledger.write() as connection:
        put(connection, [stray])
        assert "stray" not in facts(filled, connection, filled.now(), "example-provider").findings


def test_the_report_is_marked_as_its_strictest_row(filled: Workspace, ledger: Ledger) -> None:
    with ledger.look() as connection:
        assert set(marked(facts(filled, connection, filled.now(), "example-provider"))) == {"TLP:CLEAR", "TLP:AMBER"}
        assert set(marked(facts(filled, connection, filled.now(), "public"))) == {"TLP:CLEAR"}


def test_names_take_the_place_of_ids_and_no_other_words(workspace: Workspace, ledger: Ledger) -> None:
    with ledger.look() as connection:
        known = facts(workspace, connection, workspace.now(), "example-provider")
    campus = replace(known.parties["example-campus"], name="Example Campus")
    known = replace(known, parties={**known.parties, "example-campus": campus})
    assert (
        known.named("example-campus, my-example-campus at 192.0.2.1")
        == "Example Campus, my-example-campus at 192.0.2[.]1"
    )
    assert (known.name(None), known.name("gone")) == ("nobody known", "gone")
