"""The summary counts what each local host asked of each registered domain."""

from collections.abc import Callable

from tests.detect.flows import HOST, PEER, Row
from tests.detect.questions import asked, failed
from tocsin.detect._inputs import Inputs
from tocsin.store.engine import Engine

OTHER = "192.0.2.11"


def test_questions_are_counted_by_domain(engine: Engine, inputs: Callable[..., Inputs]) -> None:
    rows: list[Row] = [
        asked(1, "www.example.com"),
        asked(2, "www.example.com", query_type="AAAA", answers=[]),
        asked(3, "mail.example.com", query_type="MX"),
        failed(4, "example.com"),
        failed(5, "1.2.0.192.example.com"),
        asked(6, "example.com", response_code=None, answers=[]),
        asked(7, "www.example.com", initiator=OTHER),
        failed(8, "example.org", initiator=OTHER),
        failed(9, "example.org", query_type="NB"),
        asked(10, "example.net", initiator=PEER),
    ]
    found = engine.rows(inputs([], dns=rows).table("domain_day").order_by("host", "domain")).to_pylist()
    assert [(row["host"], row["domain"], row["askers"], row["hosts"]) for row in found] == [
        (HOST, "example.com", 2, 2),
        (OTHER, "example.com", 2, 2),
        (OTHER, "example.org", 1, 2),
    ]
    first = found[0]
    assert (first["questions"], first["failed"], first["resolved"], first["mail"]) == (6, 2, 2, 1)
    assert (first["names"], first["fresh_bytes"]) == (2, len("www") + len("mail"))
    assert (first["first"].second, first["last"].second) == (1, 6)


def test_a_host_that_answers_others_has_clients(engine: Engine, inputs: Callable[..., Inputs]) -> None:
    rows = [
        asked(1, "www.example.com"),
        asked(2, "example.org", initiator=OTHER, responder=HOST),
        asked(3, "example.org", initiator="192.0.2.12", responder=HOST, responder_port=None),
        asked(4, "example.org", initiator="192.0.2.13", responder=HOST, responder_port=5355),
        asked(5, "example.org", initiator="192.0.2.14", responder=HOST, response_code=None),
        asked(6, "example.org", responder=HOST),
    ]
    found = engine.rows(inputs([], dns=rows).table("domain_day")).to_pylist()
    assert {row["host"]: row["clients"] for row in found} == {
        HOST: 2,
        OTHER: 0,
        **{f"192.0.2.{number}": 0 for number in (12, 13, 14)},
    }
