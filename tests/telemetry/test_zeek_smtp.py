"""The reader of Zeek's smtp logs."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.telemetry.reading import read_file
from tests.telemetry.zeek_logs import EXCHANGE, read_both
from tocsin.records import Smtp
from tocsin.telemetry import zeek_smtp

MAIL = {
    **EXCHANGE,
    "trans_depth": 1,
    "helo": "mail.example.com",
    "mailfrom": "<someone@Example.COM>",
    "rcptto": ["a@example.net", "b@example.net"],
    "subject": "private",
    "last_reply": "250 ok",
    "tls": False,
}


def mail(**changed: Any) -> dict[str, Any]:
    (row,) = read_both("zeek_smtp", Smtp, [MAIL | changed])
    return row


def test_columns_mean_what_the_vocabulary_says() -> None:
    row = mail()
    assert [row[name] for name in ("helo", "sender_domain", "recipients", "reply")] == [
        "mail.example.com",
        "example.com",
        2,
        "250 ok",
    ]
    assert "someone" not in str(row) and "private" not in str(row)


@pytest.mark.parametrize(
    ("sender", "domain"),
    [("a@b@example.com", "example.com"), ("<>", None), ("root", None), ("a@", None), (None, None)],
)
def test_a_sender_may_have_no_domain(sender: str | None, domain: str | None) -> None:
    assert mail(mailfrom=sender)["sender_domain"] == domain


@pytest.mark.parametrize("recipients", [None, []])
def test_recipients_may_be_unknown(recipients: list[str] | None) -> None:
    assert mail(rcptto=recipients)["recipients"] is None


def test_mail_of_the_test_data_is_read(test_data: Path) -> None:
    outcome = read_file(zeek_smtp, (test_data / "captures/slips-test14-zeek/smtp.log").read_bytes())
    rows = outcome.tables[Smtp].to_pylist()
    assert (len(rows), outcome.rejects) == (5, [])
    # One of them was encrypted before a sender was named.
    assert Counter((row["sender_domain"], row["recipients"]) for row in rows) == {("aon.at", 1): 4, (None, None): 1}
