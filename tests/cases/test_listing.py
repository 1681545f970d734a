"""The most urgent case comes first, and a case carries its history."""

from tests.cases.conftest import Made
from tocsin.cases import case_document, cases, happen, merge
from tocsin.store.ledger import Ledger, put
from tocsin.workspace import Workspace


def test_the_most_urgent_comes_first(workspace: Workspace, ledger: Ledger, finding: Made) -> None:
    with ledger.write() as connection:
        put(
            connection,
            [
                finding(host="192.168.1.1", confidence=70),
                finding(host="192.168.1.2", confidence=99),
                finding(host="192.168.1.3", confidence=80),
            ],
        )
    merge(workspace, ledger)
    with ledger.write() as connection:
        happen(connection, workspace, cases(connection)[0], "dismiss", "analyst")
        assert [case.subject["value"] for case in cases(connection)] == ["192.168.1.3", "192.168.1.1", "192.168.1.2"]


def test_a_case_carries_its_history(workspace: Workspace, ledger: Ledger, finding: Made) -> None:
    with ledger.write() as connection:
        put(connection, [finding()])
    merge(workspace, ledger)
    with ledger.look() as connection:
        document = case_document(connection, cases(connection)[0])
    assert document["notices"] == document["mitigations"] == []
    assert [(event["event"], event["state"], event["actor"]) for event in document["history"]] == [
        ("found", "open", "cases/merge")
    ]
    assert document["responsible"]["how"].startswith("192.168.1.195 lies in 192.168.1.0/24")
