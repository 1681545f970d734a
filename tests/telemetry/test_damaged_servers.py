"""Damaged logs of resolvers and of servers that lease: never a crash, no line lost, none judged by its neighbours."""

from collections import Counter
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.telemetry.reading import Outcome, read_pieces
from tests.telemetry.told import LEASE, RESOLVER
from tocsin.records import Dns, Lease, arrow_schema
from tocsin.telemetry import (
    bind_queries,
    cgnat_blocks,
    dnstap,
    isc_dhcpd,
    kea_leases,
    lease_csv,
    powerdns,
    radius_detail,
    unbound,
    zeek_dhcp,
)

SAMPLES: list[tuple[ModuleType, bytes]] = [
    (bind_queries, (RESOLVER / "bind.log").read_bytes()),
    (bind_queries, (RESOLVER / "bind-local.log").read_bytes()),
    (unbound, (RESOLVER / "unbound.log").read_bytes()),
    (powerdns, (RESOLVER / "powerdns-structured.log").read_bytes()),
    (powerdns, (RESOLVER / "powerdns-without-year.log").read_bytes()),
    (dnstap, (RESOLVER / "bind.dnstap").read_bytes()),
    (kea_leases, (LEASE / "kea-leases4.csv").read_bytes()),
    (kea_leases, (LEASE / "kea-leases6.csv").read_bytes()),
    (isc_dhcpd, (LEASE / "dhcpd.leases").read_bytes()),
    (isc_dhcpd, (LEASE / "dhcpd6.leases").read_bytes()),
    (radius_detail, (LEASE / "radius-detail").read_bytes()),
    (cgnat_blocks, (LEASE / "nat.log").read_bytes()),
    (lease_csv, (LEASE / "leases.csv").read_bytes()),
    (zeek_dhcp, (LEASE / "dhcp.log").read_bytes()),
]
SNIPPETS = [b"\n", b"\r", b",", b"{", b"}", b'"', b"\\", b"\x00", b"\xff", b"-", b"2026", b"9" * 30, b"(" * 300, b" = "]
FAST = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])

changes = st.lists(
    st.tuples(st.integers(0, 3000), st.integers(0, 40), st.one_of(st.binary(max_size=3), st.sampled_from(SNIPPETS))),
    min_size=1,
    max_size=8,
)


def changed(log: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    for at, length, new in edits:
        log = log[:at] + new + log[at + length :]
    return log


def check(reader: ModuleType, *pieces: bytes) -> Outcome:
    outcome = read_pieces(reader, pieces)
    for record, table in outcome.tables.items():
        assert record in (Dns, Lease)
        assert table.schema == arrow_schema(record)
        table.validate(full=True)
    assert all(reject.text.isprintable() and reject.reason.isprintable() for reject in outcome.rejects)
    return outcome


def told(outcome: Outcome) -> Counter[str]:
    """Rows and rejects, whatever their order."""
    rows = [str(row) for table in outcome.tables.values() for row in table.to_pylist()]
    return Counter(rows + [f"{reject.line} {reject.reason}" for reject in outcome.rejects])


@pytest.mark.parametrize("reader, log", SAMPLES)
@given(edits=changes)
@FAST
def test_edited_logs_are_read_whatever_their_pieces(
    reader: ModuleType, log: bytes, edits: list[tuple[int, int, bytes]]
) -> None:
    log = changed(log, edits)
    whole = check(reader, log)
    third = len(log) // 3 + 1
    assert told(check(reader, *(log[at : at + third] for at in range(0, len(log), third)))) == told(whole)


@pytest.mark.parametrize("reader, log", SAMPLES[::2])
@given(rubbish=st.binary(max_size=600), end=st.integers(0, 9000))
@FAST
def test_rubbish_behind_the_beginning_of_a_log(reader: ModuleType, log: bytes, rubbish: bytes, end: int) -> None:
    check(reader, log[:end] + rubbish)


@pytest.mark.parametrize("reader, log", [SAMPLES[0], SAMPLES[1]])
@given(edits=changes)
@FAST
def test_each_question_of_bind_is_kept_or_refused_by_itself(
    reader: ModuleType, log: bytes, edits: list[tuple[int, int, bytes]]
) -> None:
    lines = [line for line in changed(log, edits).split(b"\n")[-9:] if line.removesuffix(b"\r")]
    together = check(reader, b"\n".join(lines))
    alone = [check(reader, line) for line in lines]
    assert [str(row) for outcome in alone for table in outcome.tables.values() for row in table.to_pylist()] == [
        str(row) for table in together.tables.values() for row in table.to_pylist()
    ]
    assert sorted(together.reasons.items()) == [
        (number, reason) for number, outcome in enumerate(alone, 1) for reason in outcome.reasons.values()
    ]
    # A question that is broken is refused; it is only left out when nothing says any more that it was one.
    lost = [line for line, one in zip(lines, alone, strict=True) if not one.rejects and not rows_of(one)]
    assert not [line for line in lost if b" query: " in line]


def rows_of(outcome: Outcome) -> int:
    return sum(table.num_rows for table in outcome.tables.values())


@pytest.mark.parametrize("reader, log", [SAMPLES[6], SAMPLES[12]])
@given(edits=changes)
@FAST
def test_each_line_of_a_table_of_leases_is_judged_by_itself(
    reader: ModuleType, log: bytes, edits: list[tuple[int, int, bytes]]
) -> None:
    header, *lines = log.splitlines()
    lines = [line for line in changed(b"\n".join(lines), edits).split(b"\n") if line.removesuffix(b"\r")]
    together = check(reader, b"\n".join([header, *lines]))
    alone = {number: check(reader, header + b"\n" + line) for number, line in enumerate(lines, 2)}
    assert together.reasons == {number: reason for number, one in alone.items() for reason in one.reasons.values()}


@given(kept=st.lists(st.sampled_from((LEASE / "radius-detail").read_bytes().split(b"\n\n")[:-1]), max_size=6))
@FAST
def test_a_record_of_accounting_spoils_no_other(kept: list[bytes]) -> None:
    log = b"\n\n".join(kept)
    broken = b"Mon Jan  5 10:00:00 2026\n\tAcct-Status-Type = Start\n\tbroken"
    with_broken = check(radius_detail, b"\n\n".join([*kept, broken, *kept]))
    assert [reject.reason for reject in with_broken.rejects] == ["it is no attribute"]
    assert told(check(radius_detail, b"\n\n".join([*kept, *kept]))) + Counter(
        [f"{reject.line} {reject.reason}" for reject in with_broken.rejects]
    ) == told(with_broken)
    assert not check(radius_detail, log).rejects
