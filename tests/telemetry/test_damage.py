"""Damaged logs: never a crash, no line lost, and no line judged by its neighbours."""

import gzip
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.telemetry.reading import Outcome, read_conn, read_pieces
from tocsin.errors import Unreadable
from tocsin.telemetry import argus, zeek_conn
from tocsin.telemetry._argus_text import NOT_IP, layout

SAMPLES = Path(__file__).parents[1] / "samples/zeek"
FLOWS = [file.read_bytes() for file in sorted((SAMPLES.parent / "argus").iterdir())]
LOGS = [file.read_bytes() for file in sorted(SAMPLES.iterdir())]
BELOW_IP = [*(name.encode() for name in NOT_IP), b"00:00:5e"]
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
    # Not unpacked: an edit can make a log look compressed.
    outcome = read_pieces(zeek_conn, [log])
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


@given(log=st.sampled_from(FLOWS), edits=changes)
@settings(deadline=None, max_examples=100)
def test_each_line_of_argus_is_kept_rejected_or_left_out(log: bytes, edits: list[tuple[int, int, bytes]]) -> None:
    log = changed(log, edits)
    together = read_pieces(argus, [log])
    together.table.validate(full=True)
    assert len(together.reasons) == len(together.rejects), "a line was rejected twice"
    header, alone = b"", []
    for line in log.split(b"\n"):
        if layout(line.removesuffix(b"\r")):
            header = line + b"\n"
        elif line.removesuffix(b"\r"):
            outcome = read_pieces(argus, [header + line])
            assert len(outcome.rows) + len(outcome.rejects) == 1 or any(word in line.lower() for word in BELOW_IP)
            alone.append(outcome)
    assert sorted(map(str, together.rows)) == sorted(str(row) for outcome in alone for row in outcome.rows)
    assert Counter(together.reasons.values()) == Counter(r for outcome in alone for r in outcome.reasons.values())


@given(log=st.binary(max_size=1000))
@settings(deadline=None)
def test_random_bytes_below_a_header(log: bytes) -> None:
    read_pieces(argus, [FLOWS[0].splitlines(keepends=True)[0] + log]).table.validate(full=True)
