"""The summary knows each other side by all that it can be recognised by."""

from collections.abc import Callable

from tests.detect.flows import HOST, PEER, flow, seen, unanswered
from tocsin.detect._inputs import Inputs
from tocsin.records import Dns, Http, Tls
from tocsin.store.engine import Engine


def test_each_way_to_recognise_it(engine: Engine, inputs: Callable[..., Inputs]) -> None:
    given = inputs(
        [flow(0), unanswered(5)],
        dns=[seen(Dns, 0, responder="192.0.2.53", query="a.example.net", answers=[])] * 2,
        tls=[seen(Tls, 1, responder=PEER, responder_port=443, server_name="b.example.net", ja3="ab" * 16)],
        http=[seen(Http, 2, responder=PEER, responder_port=80, host="c.example.net:80", path="/x")],
    )
    rows = engine.rows(given.table("contact_day")).to_pylist()
    assert sorted((row["how"], row["what"], row["peer"], row["port"], row["contacts"]) for row in rows) == sorted(
        [
            ("address", PEER, PEER, 4444, 2),
            ("name", "a.example.net", None, None, 2),
            ("name", "b.example.net", PEER, 443, 1),
            ("name", "c.example.net", PEER, 80, 1),
            ("url", "c.example.net/x", PEER, 80, 1),
            ("ja3", "ab" * 16, PEER, 443, 1),
        ],
        key=lambda row: (row[0], row[1]),
    )
    (pair,) = (row for row in rows if row["how"] == "address")
    assert (pair["host"], pair["answered"], pair["unanswered"]) == (HOST, 1, 1)
