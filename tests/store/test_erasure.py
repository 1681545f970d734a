"""The rows about one subscriber go, those of others stay, and nothing says any longer whose they were."""

from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.store.lakes import HOST, NEW, OLD, OTHER, contents, fill, flow, lease, listed, on_disk, three_ingests
from tocsin.errors import WrongUse
from tocsin.records import LakeShare, Lease, PairDay, Removal
from tocsin.store.compaction import compact
from tocsin.store.erasure import erase_address, erase_subscriber, is_about
from tocsin.store.lake import missing
from tocsin.store.ledger import Ledger, read
from tocsin.store.undo import undo
from tocsin.workspace import Workspace

NOON = datetime(2018, 12, 21, 12)
START, END = datetime(2018, 12, 1, tzinfo=UTC), datetime(2018, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("compacted", [False, True])
def test_the_rows_about_an_address_go(workspace: Workspace, ledger: Ledger, compacted: bool) -> None:
    three_ingests(workspace, ledger)
    fill(workspace, ledger, "answer", [flow(NEW, 1, "203.0.113.9", responder=HOST)])
    if compacted:
        compact(workspace, ledger)
    rest = [row for row in contents(workspace, ledger) if HOST not in (row["initiator"], row["responder"])]
    done = erase_address(workspace, ledger, HOST, START, END)
    assert contents(workspace, ledger) == rest
    assert done.rows == 151
    # Not even the small files that a compaction has replaced are left.
    assert on_disk(workspace) == listed(ledger)
    assert HOST.encode() not in b"".join(path.read_bytes() for path in Path(workspace.lake).rglob("*.parquet"))
    with ledger.look() as connection:
        records = read(connection, Removal)
        shares = read(connection, LakeShare)
        assert not missing(connection, workspace.lake)
    assert {(share.ingest, share.rows) for share in shares} == (
        {(n, 25) for n in ("one", "two", "three")} if compacted else set()
    )
    assert [(record.telemetry, record.day, record.rows) for record in sorted(records, key=lambda r: r.day)] == [
        ("flow", OLD, 75),
        ("flow", NEW, 76),
    ]
    assert HOST not in str([astuple(record) for record in records])
    assert is_about(records[0], HOST)
    assert not is_about(records[0], OTHER)
    assert erase_address(workspace, ledger, HOST, START, END).rows == 0
    undo(workspace, ledger, "two")
    assert len(contents(workspace, ledger)) == 100


def test_only_the_time_that_was_named_is_erased(workspace: Workspace, ledger: Ledger) -> None:
    three_ingests(workspace, ledger)
    since = datetime(2018, 12, 21, 0, 0, 10, tzinfo=UTC)
    assert erase_address(workspace, ledger, HOST, since, since + timedelta(seconds=10)).rows == 15
    assert len(contents(workspace, ledger)) == 285


def test_a_subscriber_has_the_rows_of_its_leases_and_port_blocks(workspace: Workspace, ledger: Ledger) -> None:
    shared = "192.0.2.99"
    leases = [
        lease(HOST, "token-a", NOON - 30 * HOUR, NOON),
        lease(HOST, "token-b", NOON, NOON + HOUR),
        lease(shared, "token-a", NOON, NOON + HOUR, port_low=1000, port_high=1999),
        lease(shared, "token-b", NOON, NOON + HOUR, port_low=2000, port_high=2999),
    ]
    noon = 43_200
    rows = [
        flow(NEW, noon - 1, uid="own, before noon"),
        flow(NEW, noon, uid="another's, from noon on"),
        flow(NEW, noon + 1, shared, initiator_port=1500, uid="own block"),
        flow(NEW, noon + 2, shared, initiator_port=2500, uid="another's block"),
        flow(NEW, noon + 3, shared, initiator_port=None, protocol="icmp", uid="nobody's in particular"),
        flow(NEW, noon + 4, "203.0.113.9", responder=shared, responder_port=1999, uid="own block, inbound"),
    ]
    fill(workspace, ledger, "leases", leases, Lease)
    fill(workspace, ledger, "flows", rows)
    done = erase_subscriber(workspace, ledger, "token-a", START, END)
    assert {row["uid"] for row in contents(workspace, ledger)} == {
        "another's, from noon on",
        "another's block",
        "nobody's in particular",
    }
    assert {row["subscriber"] for row in contents(workspace, ledger, "lease")} == {"token-b"}
    assert sorted((removal.telemetry, removal.rows) for removal in done.removals) == [
        ("flow", 3),
        ("lease", 1),
        ("lease", 1),
    ]
    with pytest.raises(WrongUse, match="no lease of this subscriber in that time: nothing was erased"):
        erase_subscriber(workspace, ledger, "token-a", START, END)


def test_of_a_subscriber_only_the_time_that_was_named_is_erased(workspace: Workspace, ledger: Ledger) -> None:
    fill(workspace, ledger, "leases", [lease(HOST, "token-a", NOON - HOUR, None)], Lease)
    fill(workspace, ledger, "flows", [flow(NEW, 43_200 + hour * 3600) for hour in (-2, 0, 2)])
    erase_subscriber(workspace, ledger, "token-a", START, (NOON + HOUR).replace(tzinfo=UTC))
    assert [row["time"] for row in contents(workspace, ledger)] == [NOON - 2 * HOUR, NOON + 2 * HOUR]


def test_the_sums_of_its_days_go_as_well(workspace: Workspace, ledger: Ledger) -> None:
    def day(host: str, peer: str, first: datetime) -> dict[str, object]:
        numbers = dict.fromkeys(("flows", "answered", "unanswered", "host_bytes", "peer_bytes", "hours"), 1)
        more = {"sensor": "tap", "time": first, "last": first + HOUR, "protocol": "tcp", "port": 443, "contacts": []}
        return numbers | more | {"host": host, "peer": peer}

    rows = [day(HOST, "203.0.113.9", NOON), day(OTHER, HOST, NOON), day(OTHER, "203.0.113.9", NOON)]
    fill(workspace, ledger, "sums", [*rows, day(HOST, "203.0.113.9", NOON + 3 * HOUR)], PairDay)
    since = (NOON + HOUR / 2).replace(tzinfo=UTC)
    erase_address(workspace, ledger, HOST, since, since + HOUR)
    left = [(row["host"], row["time"]) for row in contents(workspace, ledger, "pair_day")]
    assert left == [(OTHER, NOON), (HOST, NOON + 3 * HOUR)]
