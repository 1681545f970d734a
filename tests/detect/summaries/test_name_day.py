"""The daily sum of names joins what was asked for and what was called."""

from collections.abc import Callable

from tests.detect.flows import HOST, PEER, seen
from tocsin.detect._inputs import Inputs
from tocsin.records import Dns, Http, Tls
from tocsin.store.engine import Engine


def test_questions_and_calls_count_together(engine: Engine, inputs: Callable[..., Inputs]) -> None:
    name = "www.example.net"
    given = inputs(
        [],
        dns=[seen(Dns, 0, query=name, answers=[]), seen(Dns, 5, query="localhost", answers=[])],
        tls=[seen(Tls, 3600, server_name=name), seen(Tls, 1, server_name=None)],
        http=[
            seen(Http, 7200, host=name),
            seen(Http, 9, host="198.51.100.7"),
            seen(Http, 9, host="2001:db8::1"),
            seen(Http, 9, host=name, initiator=PEER),
        ],
    )
    (row,) = engine.rows(given.table("name_day")).to_pylist()
    assert (row["host"], row["name"], row["uses"], row["hours"]) == (HOST, name, 3, 3)
    (known,) = engine.rows(given.table("name_prevalence")).to_pylist()
    assert (known["name"], known["hosts"], known["hosts_in_all"], known["days"]) == (name, 1, 1, 1)
