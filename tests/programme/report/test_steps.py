from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from tests.formats.infected import CASE
from tocsin.cases import happen
from tocsin.programme.report._steps import STEPS_SHOWN, endpoint
from tocsin.programme.report.shape import Document
from tocsin.records import Case, Notice, Responsible
from tocsin.store.ledger import Ledger, put, read
from tocsin.workspace import Workspace


def test_what_waits_for_a_person_comes_first(document: Document) -> None:
    steps = document["next"]
    assert [step["urgent"] for step in steps] == sorted((step["urgent"] for step in steps), reverse=True)
    assert steps[0]["who"] == "example-provider"
    assert steps[0]["what"] == "Approve the notice to example-campus about 192.168.1[.]195, or withdraw it."
    assert steps[1]["what"] == "Decide on the proposed block of 185.244.25[.]235, port 6667/tcp (nftables)."
    assert "21 January 2019" in steps[1]["why"]


def test_a_party_that_was_not_told_is_not_yet_pressed(document: Document) -> None:
    step = next(step for step in document["next"] if step["who"] == "example-campus")
    assert not step["urgent"] and step["why"] == "It can begin once it has been told."


def test_a_party_that_was_told_is_waited_for(built: Callable[..., Document], filled: Workspace, ledger: Ledger) -> None:
    with ledger.write() as connection:
        happen(connection, filled, CASE, "notify", "test")
        sent = [replace(notice, state="sent", sent=filled.now()) for notice in read(connection, Notice)]
        put(connection, sent)
    steps = built()["next"]
    assert not any("Approve" in step["what"] for step in steps)
    assert next(step for step in steps if step["who"] == "example-campus")["urgent"]


def test_where_nobody_is_responsible_somebody_must_be_found(built: Callable[..., Document], ledger: Ledger) -> None:
    how = "no party holds a network with 192.168.1.195"
    nobody = Responsible(party=None, how=how, as_of=None, alternatives=[])
    with ledger.write() as connection:
        put(connection, [replace(CASE, responsible=nobody)])
    step = next(step for step in built()["next"] if step["what"].startswith("Find out who"))
    assert step["urgent"] and step["who"] == "example-provider"
    assert "192.168.1[.]195" in step["why"]


def test_page_one_does_not_overflow(built: Callable[..., Document], ledger: Ledger) -> None:
    with ledger.write() as connection:
        cases = [
            replace(CASE, id=f"case-{number}", subject={"kind": "host", "value": f"192.168.1.{number}"})
            for number in range(1, 40)
        ]
        put(connection, cases)
        assert len(read(connection, Case)) == 40
    document = built()
    assert len(document["next"]) == STEPS_SHOWN
    assert "more steps" in document["next_more"]
    assert len(document["cases"]) == 10 and "30 more cases" in document["cases_more"].replace("\u202f", " ")


def test_tasks_that_fall_due_follow(built: Callable[..., Document]) -> None:
    (task,) = [step for step in built()["next"] if "road map" in step["why"]]
    assert not task["urgent"] and "30 June 2019" in task["why"]
    late = built(as_of=datetime(2019, 7, 2, tzinfo=UTC))
    assert any(
        step["urgent"] and step["since"].endswith("overdue") for step in late["next"] if "road map" in step["why"]
    )


def test_an_endpoint_is_written_without_a_link_in_it() -> None:
    peer = {"address": "192.0.2.1", "port": None, "proto": "icmp", "name": "evil.example"}
    assert endpoint(peer) == "192.0.2[.]1 (evil[.]example)"
    assert endpoint(peer | {"address": None}) == "evil[.]example"
