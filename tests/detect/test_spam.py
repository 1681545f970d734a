"""A host that brings mail to many servers itself is found; mail servers and people are not."""

from typing import Any

import pytest

from tests.detect.flows import HOST, PEER, Detect, Row, flow, seen, unanswered
from tocsin.detect import spam
from tocsin.records import Smtp


def mail(count: int = 30, **changed: Any) -> list[Row]:
    return [flow(i * 20, **{"responder": f"198.51.100.{i}", "responder_port": 25} | changed) for i in range(count)]


def test_mail_to_many_servers_is_found(detect: Detect) -> None:
    rows = detect("spam", mail())
    assert [row["peer"] for row in rows] == [f"198.51.100.{i}" for i in range(5)]
    assert (rows[0]["servers"], rows[0]["servers_in_vain"], rows[0]["score"]) == (30, 0, 0.70)
    assert "hand mail to 30 mail servers itself;" in spam.explain(HOST, rows[0], 4)


def test_servers_in_vain_and_many_senders_weigh(detect: Detect) -> None:
    vain = [unanswered(i * 20, responder=f"198.51.100.{i}", responder_port=25) for i in range(30)]
    handed = [seen(Smtp, i, responder=PEER, responder_port=25, sender_domain=f"d{i}.example") for i in range(10)]
    (row, *_) = detect("spam", vain, smtp=handed)
    assert (row["sender_domains"], row["score"]) == (10, 0.99)
    assert "in the name of 10 domains" in spam.explain(HOST, row, 4)


@pytest.mark.parametrize(
    "rows",
    [
        mail(19),
        mail(responder="198.51.100.1"),
        mail(responder_port=587),
        [*mail(), flow(0, initiator=PEER, responder=HOST, responder_port=25)],
        [row | {"responder": f"192.0.2.{i}"} for i, row in enumerate(mail(), 30)],
        [row | {"initiator": PEER} for row in mail()],
    ],
    ids=["few", "one server", "with a password", "a mail server", "inside", "from outside"],
)
def test_ordinary_mail_is_not_reported(detect: Detect, rows: list[Row]) -> None:
    assert detect("spam", rows) == []
