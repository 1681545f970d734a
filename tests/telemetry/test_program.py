"""What a program writes is read within bounds."""

import shutil

import pytest

from tocsin.errors import Unreadable
from tocsin.telemetry import _program
from tocsin.telemetry._program import output, path_of

SHELL = shutil.which("sh") or "sh"


def test_pieces_come_first_and_complaints_after() -> None:
    with output([SHELL, "-c", "echo one; echo wrong >&2; exit 3"], 10, {}) as (pieces, complaints):
        assert b"".join(pieces) == b"one\n"
        assert complaints == []
    assert complaints == ["sh ended with 3", "wrong"]


def test_the_environment_is_given_on() -> None:
    with output([SHELL, "-c", "echo $TZ"], 10, {"TZ": "UTC"}) as (pieces, _):
        assert b"".join(pieces) == b"UTC\n"


def test_a_program_that_hangs_is_ended() -> None:
    with pytest.raises(Unreadable, match="silent"), output([SHELL, "-c", "sleep 60"], 10, {}, 0.2) as (pieces, _):
        list(pieces)


def test_a_program_that_writes_without_measure_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_program, "UNPACKED_FREELY", 1000)
    with (
        pytest.raises(Unreadable, match="1,000 times"),
        output([SHELL, "-c", "while :; do echo 0123456789; done"], 10, {}) as (pieces, _),
    ):
        list(pieces)


def test_a_program_of_which_no_more_is_wanted_ends() -> None:
    with output([SHELL, "-c", "while :; do echo 0123456789 || exit; done"], 10, {}) as (pieces, _):
        assert next(pieces)


def test_what_is_not_installed_is_named() -> None:
    with pytest.raises(Unreadable, match="no-such-program, which is not installed: apt-get install its-package"):
        path_of("no-such-program", "its-package")
