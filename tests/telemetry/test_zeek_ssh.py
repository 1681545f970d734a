"""The reader of Zeek's ssh logs."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.telemetry.reading import read_file, read_pieces
from tests.telemetry.zeek_logs import EXCHANGE, read_both, tsv
from tocsin.records import Login
from tocsin.telemetry import zeek_ssh

SESSION = {**EXCHANGE, "auth_success": True, "auth_attempts": 2, "client": "SSH-2.0-OpenSSH_9.6"}


def login(**changed: Any) -> dict[str, Any]:
    (row,) = read_both("zeek_ssh", Login, [SESSION | changed])
    return row


def test_columns_mean_what_the_vocabulary_says() -> None:
    row = login()
    assert (row["service"], row["success"], row["attempts"]) == ("ssh", True, 2)
    assert row["client_software"] == "SSH-2.0-OpenSSH_9.6"


@pytest.mark.parametrize("success", [True, False, None])
def test_success_may_be_unknown(success: bool | None) -> None:
    assert login(auth_success=success)["success"] is success


def test_what_is_neither_true_nor_false_is_refused() -> None:
    outcome = read_pieces(zeek_ssh, [tsv("ssh", [SESSION | {"auth_success": "maybe"}, SESSION])])
    assert outcome.reasons == {7: "auth_success is not true or false: 'maybe'"}
    assert outcome.tables[Login].num_rows == 1


def test_a_client_cannot_have_its_session_refused() -> None:
    assert len(login(client="SSH-2.0-" + "x" * 1000)["client_software"]) == 255


def test_sessions_of_the_test_data_are_read(test_data: Path) -> None:
    honeypot, many = (
        read_file(zeek_ssh, (test_data / "captures" / path).read_bytes()).tables[Login].to_pylist()
        for path in ("strato-006-ssh-honeypot/ssh.log", "strato-004-ssh-logins/ssh.log")
    )
    # By the reference: nine succeeded, one failed; and of the others nothing is said.
    assert Counter(row["success"] for row in honeypot) == {True: 9, False: 1}
    assert Counter(row["success"] for row in many) == {None: 396}
