"""Requests and answers of HTTP."""

from typing import Any

import pytest

from tests.telemetry.captures import Connection, pcap
from tests.telemetry.reading import read_file
from tocsin.records import Http
from tocsin.telemetry import pcap as reader

GET = b"GET /a?b=c HTTP/1.1\r\nHost: WWW.Example.org:8080\r\nUser-Agent: thing/1.0\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def rows(connection: Connection) -> list[dict[str, Any]]:
    tables = read_file(reader, pcap(connection.packets)).tables
    return tables[Http].to_pylist() if Http in tables else []


def told(*said: tuple[int, bytes], size: int = 1400, port: int = 80) -> list[tuple[Any, ...]]:
    connection = Connection(target_port=port).open()
    for side, data in said:
        connection.say(side, data, size)
    columns = ("method", "host", "path", "status", "request_bytes", "response_bytes")
    return [tuple(row[column] for column in columns) for row in rows(connection.close())]


def test_a_request_and_its_answer_are_one_row() -> None:
    connection = Connection().open().say(0, GET).say(1, OK)
    (row,) = rows(connection.close())
    expected = {"method": "GET", "host": "www.example.org", "path": "/a?b=c", "user_agent": "thing/1.0", "status": 200}
    assert row == row | expected | {"request_bytes": 0, "response_bytes": 5, "uid": "1", "responder_port": 80}


@pytest.mark.parametrize("size", [1, 7, 1400])
@pytest.mark.parametrize("port", [80, 31_337])
def test_any_segments_on_any_port(size: int, port: int) -> None:
    expected = [("GET", "www.example.org", "/a?b=c", 200, 0, 5)] * 2
    if size >= 4:
        assert told((0, GET), (1, OK), (0, GET), (1, OK), size=size, port=port) == expected
    else:
        assert told((0, GET), (1, OK), size=size, port=port) == [], "one byte does not say that it begins a request"


def test_bodies_are_measured_and_not_read() -> None:
    post = b"POST / HTTP/1.1\r\nHost: example.org\r\nContent-Length: 9000\r\n\r\n" + b"GET " * 2250
    chunks = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"1388;x=y\r\n"
        + b"z" * 5000
        + b"\r\n5\r\nabcde\r\n0\r\n"
    )
    assert told((0, post), (1, chunks + b"Trailer: 1\r\n\r\n"), (0, GET), (1, OK)) == [
        ("POST", "example.org", "/", 200, 9000, 5005),
        ("GET", "www.example.org", "/a?b=c", 200, 0, 5),
    ]


def test_an_answer_without_a_length_ends_with_the_connection() -> None:
    assert told((0, GET), (1, b"HTTP/1.0 200 OK\r\n\r\n" + b"z" * 3000))[0][3:] == (200, 0, 3000)


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (b"HEAD / HTTP/1.1\r\nHost: example.org\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"),
        (GET, b"HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n"),
        (GET, b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n"),
    ],
)
def test_answers_that_have_no_body(request_: bytes, answer: bytes) -> None:
    first, second = told((0, request_), (1, answer), (0, GET), (1, OK))
    assert (first[5], second[3:]) == (0, (200, 0, 5))


def test_what_the_server_says_on_the_way_is_no_answer() -> None:
    post = b"POST / HTTP/1.1\r\nHost: example.org\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"
    found = told((0, post), (1, b"HTTP/1.1 100 Continue\r\n\r\n"), (0, b"abc"), (1, OK))
    assert found == [("POST", "example.org", "/", 200, 3, 5)]


def test_requests_that_do_not_wait_are_answered_in_their_order() -> None:
    other = GET.replace(b"/a?b=c", b"/second")
    found = told((0, GET + other), (1, OK + OK.replace(b"200 OK", b"404 Not Found")))
    assert [(row[2], row[3]) for row in found] == [("/a?b=c", 200), ("/second", 404)]


def test_a_request_without_an_answer_and_an_answer_without_a_request() -> None:
    assert told((0, GET)) == [("GET", "www.example.org", "/a?b=c", None, 0, None)]
    assert told((1, OK)) == [(None, None, None, 200, None, 5)]


def test_through_a_proxy_the_target_names_the_host() -> None:
    assert told((0, b"GET http://Example.net/x HTTP/1.0\r\n\r\n"))[0][:3] == ("GET", "example.net", "/x")


def test_what_follows_connect_is_no_http() -> None:
    connect = b"CONNECT example.org:443 HTTP/1.1\r\n\r\n"
    found = told((0, connect), (1, b"HTTP/1.1 200 OK\r\n\r\n"), (0, b"\x17\x03\x03 GET "), (1, b"secret"))
    assert found == [("CONNECT", None, "example.org:443", 200, 0, 0)]


@pytest.mark.parametrize(
    "garbage",
    [
        b"GET nonsense\r\n\r\n",
        b"GET " + b"a" * 40_000,
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
    ],
)
def test_what_is_no_http_ends_the_reading(garbage: bytes) -> None:
    assert len(told((0, garbage), (0, b"more" * 1000))) <= 1


def test_text_is_made_fit_to_be_shown() -> None:
    strange = b"GET /\x1b[2J\xff HTTP/1.1\r\nHost: e\x00x\r\nUser-Agent: " + b"u" * 5000 + b"\r\n\r\n"
    connection = Connection().open().say(0, strange)
    (row,) = rows(connection.close())
    assert (row["path"], row["host"], len(row["user_agent"])) == ("/\\x1b[2J\\xff", "e\\x00x", 2048)


def test_a_missing_packet_spoils_no_later_connection_and_no_body() -> None:
    connection = Connection().open().say(0, GET).say(1, OK[:-5].replace(b": 5", b": 9000") + b"z" * 9000)
    del connection.packets[7]
    assert [row["response_bytes"] for row in rows(connection.close())] == [9000]
    broken = Connection().open().say(0, GET * 30, 100).close()
    del broken.packets[5]
    assert len(rows(broken)) >= 1
