"""Mail, SSH and DNS within flows, and the bounds of what is held."""

from typing import Any

import pytest

from tests.telemetry._packets.test_tls import HELLO
from tests.telemetry.captures import CLIENT, RESOLVER, START, Connection, Timed, answer, asked, part, pcap, question
from tests.telemetry.reading import Outcome, read_file
from tocsin.records import Dns, Http, Login, Record, Smtp, Tls
from tocsin.telemetry import pcap as reader
from tocsin.telemetry._packets import _conversations
from tocsin.telemetry._packets._dns_messages import message
from tocsin.telemetry._packets._http import Requests
from tocsin.telemetry._packets._questions import MOST_WAITING, Questions
from tocsin.telemetry._packets._talks import Ends, Talk

ADDRESS = (1, 300, bytes([192, 0, 2, 1]))


def read(packets: list[Timed]) -> Outcome:
    return read_file(reader, pcap(packets))


def rows(outcome: Outcome, record: type[Record]) -> list[dict[str, Any]]:
    return outcome.tables[record].to_pylist() if record in outcome.tables else []


def talked(port: int, *said: tuple[int, bytes], close: bool = True) -> Outcome:
    connection = Connection(target_port=port).open()
    for side, data in said:
        connection.say(side, data)
    return read(connection.close().packets if close else connection.packets)


GREETED = [
    (1, b"220 mail.example.org ESMTP\r\n"),
    (0, b"EHLO client.example.net\r\n"),
    (1, b"250-mail.example.org\r\n250 STARTTLS\r\n"),
]
MAIL = [
    (0, b"MAIL FROM:<a@Example.NET> SIZE=9\r\n"),
    (1, b"250 ok\r\n"),
    (0, b"RCPT TO:<b@example.org>\r\nRCPT TO:<c@example.org>\r\n"),
    (1, b"250 ok\r\n250 ok\r\n"),
    (0, b"DATA\r\n"),
    (1, b"354 go on\r\n"),
    (0, b"Subject: x\r\n\r\nMAIL FROM:<no@example.com>\r\n..\r\n" + b"y" * 20_000 + b"\r\n.\r\n"),
    (1, b"250 2.0.0 taken\r\n"),
]


def test_each_mail_is_a_row() -> None:
    found = rows(talked(25, *GREETED, *MAIL, *MAIL[:2], (0, b"QUIT\r\n"), (1, b"221 bye\r\n")), Smtp)
    columns = ("helo", "sender_domain", "recipients", "reply")
    assert [tuple(row[column] for column in columns) for row in found] == [
        ("client.example.net", "example.net", 2, "250 2.0.0 taken"),
        ("client.example.net", "example.net", 0, "250 ok"),
    ]


def test_a_refusal_is_the_last_reply() -> None:
    (row,) = rows(talked(587, *GREETED, MAIL[0], (1, b"550 5.7.1 not you\r\n")), Smtp)
    assert row["reply"] == "550 5.7.1 not you"


def test_mail_is_looked_for_on_its_own_ports_only() -> None:
    outcome = talked(21, (1, b"220 files.example.org\r\n"), (0, b"USER x\r\n"))
    assert (rows(outcome, Smtp), outcome.rows[0]["service"]) == ([], None)


@pytest.mark.parametrize(
    ("port", "said"),
    [
        (25, [*GREETED, (0, b"STARTTLS\r\n"), (1, b"220 go\r\n")]),
        (21, [(1, b"220 files.example.org\r\n"), (0, b"AUTH TLS\r\n"), (1, b"234 go\r\n")]),
        (3128, [(0, b"CONNECT www.example.org:443 HTTP/1.1\r\n\r\n"), (1, b"HTTP/1.1 200 OK\r\n\r\n")]),
    ],
)
def test_tls_is_read_where_another_protocol_gives_way_to_it(port: int, said: list[tuple[int, bytes]]) -> None:
    (row,) = rows(talked(port, *said, (0, HELLO)), Tls)
    assert row["server_name"] == "www.example.org"


@pytest.mark.parametrize("first", [0, 1])
def test_a_client_of_ssh_says_what_it_is(first: int) -> None:
    lines = [b"SSH-2.0-Client_1.0\r\n", b"SSH-2.0-Server_2.0\r\n"]
    outcome = talked(2222, (first, lines[first]), (1 - first, lines[1 - first]), (0, bytes(900)))
    (row,) = rows(outcome, Login)
    expected = {"service": "ssh", "client_software": "SSH-2.0-Client_1.0", "success": None, "attempts": None}
    assert row == row | expected | {"initiator": CLIENT, "responder_port": 2222}
    assert outcome.rows[0]["service"] == "ssh"


def dns(*messages: tuple[float, bytes, bool], port: int = 40_000) -> list[dict[str, Any]]:
    outcome = read([(START + time, asked(data, back=back, port=port)) for time, data, back in messages])
    assert {row["service"] for row in outcome.rows} == {"dns"}
    return rows(outcome, Dns)


def test_a_question_and_its_answer_are_one_row() -> None:
    (row,) = dns((0, question(1, "example.org"), False), (0.5, answer(1, "example.org", [ADDRESS]), True))
    expected = {"query": "example.org", "query_type": "A", "response_code": "NOERROR", "answers": ["192.0.2.1"]}
    assert row == row | expected | {
        "ttl_seconds": 300,
        "initiator": CLIENT,
        "responder": RESOLVER,
        "initiator_port": 40_000,
    }
    assert (row["time"].microsecond, row["uid"]) == (0, "1")


def test_what_is_not_answered_has_no_code() -> None:
    (row,) = dns((0, question(1, "example.org"), False))
    assert (row["response_code"], row["answers"], row["ttl_seconds"]) == (None, [], None)


def test_an_answer_is_paired_by_number_and_name() -> None:
    found = dns(
        (0, question(1, "a.example"), False),
        (0.1, question(2, "b.example"), False),
        (0.2, answer(2, "b.example", [], 3), True),
        (0.3, answer(1, "other.example", []), True),
        (0.4, answer(1, "A.Example", []), True),
    )
    codes = {row["query"]: row["response_code"] for row in found}
    assert codes == {"a.example": "NOERROR", "b.example": "NXDOMAIN", "other.example": "NOERROR"}
    assert len(found) == 3


def test_an_answer_that_names_no_question_is_paired_by_number() -> None:
    refused = answer(1, "", [], 5)[:12]
    (row,) = dns((0, question(1, "example.org"), False), (1, refused[:4] + b"\0\0" + refused[6:], True))
    assert row["response_code"] == "REFUSED"


def test_a_question_that_is_sent_again_is_one_more() -> None:
    again = question(1, "example.org")
    found = dns((0, again, False), (1, again, False), (2, answer(1, "example.org", []), True))
    assert [row["response_code"] for row in sorted(found, key=lambda row: str(row["time"]))] == ["NOERROR", None]


def test_an_answer_alone_names_who_asked() -> None:
    (row,) = dns((0, answer(1, "example.org", [ADDRESS]), True))
    assert (row["initiator"], row["responder"], row["response_code"]) == (CLIENT, RESOLVER, "NOERROR")


def test_dns_over_tcp() -> None:
    both = part(2, question(1, "a.example")) + part(2, question(2, "b.example", 16))
    outcome = talked(53, (0, both[:30]), (0, both[30:]), (1, part(2, answer(2, "b.example", [], 3, 16))))
    assert {row["query"]: row["response_code"] for row in rows(outcome, Dns)} == {
        "a.example": None,
        "b.example": "NXDOMAIN",
    }
    assert outcome.rows[0]["service"] == "dns"


def test_what_is_no_dns_on_its_port_is_no_row() -> None:
    outcome = read([(START, asked(b"\xff" * 40))])
    assert (rows(outcome, Dns), outcome.rows[0]["service"]) == ([], None)


def test_questions_that_wait_are_bounded() -> None:
    questions, ends = Questions(), Ends((CLIENT, RESOLVER), (1, 53), 1)
    wire = question(1, "example.org")
    assert message(wire).query == "example.org"
    for number in range(MOST_WAITING + 10):
        questions.hear(number.to_bytes(8, "big"), ends, 0, 0, wire)
    for _ in range(40):
        questions.hear(b"same", ends, 0, 0, wire)
    questions.expire(0)
    assert len(questions.waiting) == MOST_WAITING
    questions.expire(61_000_000)
    assert not questions.waiting
    assert len(questions.rows) == MOST_WAITING + 50


def test_conversations_that_are_open_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_conversations, "MOST_TALKS", 5)
    packets: list[Timed] = []
    for port in range(50_000, 50_020):
        packets += Connection(source_port=port).open().say(0, b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n").packets
    assert len(rows(read(packets), Http)) == 20


def test_bytes_that_are_held_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_conversations, "MOST_HELD", 1000)
    conversations = _conversations.Conversations()
    head = b"GET / HTTP/1.1\r\nHost: example.org\r\nX: " + b"y" * 400
    for number in range(5):
        talk = Talk(Ends((CLIENT, RESOLVER), (1, 2), number), 0, Requests())
        talk.streams[0].take(0, head, len(head))
        conversations.talks[number] = talk
    conversations.expire(0)
    assert list(conversations.talks) == [3, 4]
