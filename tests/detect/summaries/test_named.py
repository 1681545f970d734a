"""Contacts by name, from HTTP and TLS."""

from collections.abc import Callable
from typing import Any

from tests.detect.flows import HOST, PEER, flow, seen
from tocsin.detect._inputs import Inputs
from tocsin.records import Http, Tls
from tocsin.store.engine import Engine


def named(engine: Engine, made: Inputs) -> list[dict[str, Any]]:
    return engine.rows(made.table("named").order_by("time")).to_pylist()


def test_requests_say_whom_they_are_for(engine: Engine, inputs: Callable[..., Inputs]) -> None:
    server = {"responder": PEER, "responder_port": 8080, "method": "GET"}
    proxy = {"responder": "192.0.2.3", "responder_port": 3128}
    rows = [
        seen(Http, 0, **server, host="A.Example:8080", path="/x", request_bytes=4, response_bytes=7),
        seen(Http, 1, **proxy, method="CONNECT", host="b.example:443", path="b.example:443"),
        seen(Http, 2, **proxy, method="GET", host="c.example", path="http://c.example/x"),
        seen(Http, 3, **proxy, method="GET", host="inside.example", path="/"),
        seen(Http, 4, **server, host=PEER, path="/"),
        seen(Http, 5, **server, host="[2001:db8:7::1]:80", path="/"),
        seen(Http, 6, **server, path="/"),
        seen(Http, 7, **server | {"initiator": "203.0.113.9"}, host="d.example", path="/"),
    ]
    found = named(engine, inputs([], http=rows))
    assert [(row["name"], row["peer"], row["port"]) for row in found] == [
        ("a.example", PEER, 8080),
        ("b.example", None, None),
        ("c.example", None, None),
    ]
    assert (found[0]["sent"], found[0]["back"]) == (6, 7)


def test_handshakes_have_the_bytes_of_their_connection(engine: Engine, inputs: Callable[..., Inputs]) -> None:
    server = {"responder": PEER, "responder_port": 443}
    handshakes = [
        seen(Tls, 0, **server, server_name="a.example", uid="C1"),
        seen(Tls, 1, **server, server_name="b.example"),
        seen(Tls, 2, **server),
    ]
    found = named(engine, inputs([flow(0, **server, uid="C1", initiator_bytes=300)], tls=handshakes))
    assert [(row["name"], row["host"], row["sent"], row["back"]) for row in found] == [
        ("a.example", HOST, 300, 240),
        ("b.example", HOST, None, None),
    ]
