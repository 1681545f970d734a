"""Damaged logs: never a crash, no line lost, and no line judged by its neighbours."""

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.telemetry.reading import Outcome, read_conn
from tocsin.errors import Unreadable

SAMPLES = Path(__file__).parents[1] / "samples/zeek"
LOGS = [file.read_bytes() for file in sorted(SAMPLES.iterdir())]
SNIPPETS = [
    b"\n",
    b"\r",
    b"\t",
    b"#",
    b"{",
    b'"',
    b"\\",
    b"\x00",
    b"\xff",
    b"\xef\xbb\xbf",
    b"-",
    b"1e400",
    b"0x1f",
    b"[" * 500,
]

changes = st.lists(
    st.tuples(st.integers(0, 4000), st.integers(0, 30), st.one_of(st.binary(max_size=3), st.sampled_from(SNIPPETS))),
    min_size=1,
    max_size=8,
)


def changed(log: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    for at, length, new in edits:
        log = log[:at] + new + log[at + length :]
    return log


def rows_in(log: bytes) -> int:
    """Lines that must come out again, kept or rejected."""
    lines = [line.removesuffix(b"\r") for line in log.split(b"\n")]
    if log.lstrip().startswith(b"{"):
        return sum(bool(line.strip()) for line in lines)
    return sum(bool(line) and not line.startswith(b"#") for line in lines)


def check(log: bytes) -> Outcome:
    outcome = read_conn(log)
    assert outcome.table.num_rows + len(outcome.rejects) == rows_in(log)
    assert len(outcome.reasons) == len(outcome.rejects), "a line was rejected twice"
    outcome.table.validate(full=True)
    assert all(reject.text.isprintable() and reject.reason.isprintable() for reject in outcome.rejects)
    return outcome


@given(log=st.binary(max_size=2000))
@settings(deadline=None)
def test_random_bytes(log: bytes) -> None:
    check(b"\x00" + log)


@given(log=st.sampled_from(LOGS), edits=changes)
@settings(max_examples=400, deadline=None)
def test_edited_logs(log: bytes, edits: list[tuple[int, int, bytes]]) -> None:
    check(changed(log, edits))


@given(log=st.sampled_from(LOGS), end=st.integers(0, 5000))
@settings(deadline=None)
def test_logs_that_end_anywhere(log: bytes, end: int) -> None:
    check(log[:end])


@pytest.mark.parametrize("name", ["conn.log", "conn.json.log"])
@given(edits=changes)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_line_is_judged_for_itself(name: str, edits: list[tuple[int, int, bytes]]) -> None:
    header: list[bytes] = []
    lines: list[bytes] = []
    for line in (SAMPLES / name).read_bytes().splitlines():
        (header if line.startswith(b"#") else lines).append(line)
    rows = [row.replace(b"\r", b" ") for row in changed(b"\n".join(lines), edits).split(b"\n")]
    rows = [row for row in rows if row.strip() and (header or row.startswith(b"{")) and not row.startswith(b"#")]
    together = check(b"\n".join([*header, *rows]))
    alone = [row for line in rows for row in check(b"\n".join([*header, line])).rows]
    assert together.rows == alone


@given(log=st.sampled_from(LOGS), at=st.integers(0, 2000), bit=st.integers(0, 7), end=st.integers(1, 2000))
@settings(deadline=None)
def test_compressed_logs_with_a_flipped_bit_or_a_missing_end(log: bytes, at: int, bit: int, end: int) -> None:
    packed = bytearray(gzip.compress(log, mtime=0))
    packed[at % len(packed)] ^= 1 << bit
    for damaged in (bytes(packed), gzip.compress(log)[:end]):
        try:
            outcome = read_conn(damaged)
        except Unreadable:
            continue
        assert outcome.table.num_rows + len(outcome.rejects) <= len(damaged) + rows_in(log)
