"""Rows come out of the ledger as they went in."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from tocsin.records import LEDGER_TABLES, CaseEvent, LedgerRecord, Network, Party, columns, table_name
from tocsin.store.ledger import Ledger, add, one, put, read, remove, sql_table

TIME = datetime(2018, 12, 22, 12, 0, tzinfo=UTC)
EVENT = CaseEvent(
    party="p",
    marking="TLP:AMBER",
    source="test",
    case="c",
    sequence=1,
    time=TIME,
    event="found",
    state="open",
    actor="a",
    note=None,
)


def test_every_table_gives_back_what_was_put(ledger: Ledger, filled: LedgerRecord, sparse: LedgerRecord) -> None:
    with ledger.write() as connection:
        put(connection, [filled, sparse])
    with ledger.look() as connection:
        kept = read(connection, type(filled), source=filled.source)
        rows = [one(connection, type(row), **_key(row)) for row in (filled, sparse)]
    assert filled in kept
    assert rows == [filled, sparse]
    for kept_row, row in zip(rows, (filled, sparse), strict=True):
        assert [type(getattr(kept_row, c.name)) for c in columns(type(row))] == [
            type(getattr(row, c.name)) for c in columns(type(row))
        ]


def test_put_replaces_the_row_with_the_same_key(ledger: Ledger, filled: LedgerRecord) -> None:
    changed = replace(filled, source="again", marking="TLP:RED")
    with ledger.write() as connection:
        put(connection, [filled])
        put(connection, [changed])
        assert read(connection, type(filled), **_key(filled)) == [changed]


def test_add_refuses_the_row_with_the_same_key(ledger: Ledger, filled: LedgerRecord) -> None:
    with ledger.write() as connection:
        add(connection, [filled])
    with pytest.raises(sa.exc.IntegrityError), ledger.write() as connection:
        add(connection, [filled])


def test_rows_of_several_tables_go_in_at_once(ledger: Ledger) -> None:
    network = Network(
        party="p",
        marking="TLP:AMBER",
        source="test",
        holder="h",
        prefix="::/0",
        asn=None,
        since=TIME.date(),
        until=None,
    )
    with ledger.write() as connection:
        put(connection, [EVENT, network, replace(EVENT, sequence=2)])
    with ledger.look() as connection:
        assert [event.sequence for event in read(connection, CaseEvent)] == [1, 2]
        assert read(connection, Network, holder="h") == [network]


def test_putting_nothing_is_fine(ledger: Ledger) -> None:
    with ledger.write() as connection:
        put(connection, [])
        add(connection, [])


def test_rows_come_in_the_order_of_their_key_and_conditions_choose(ledger: Ledger) -> None:
    events = [replace(EVENT, sequence=n, note=note) for n, note in ((3, "x"), (1, None), (2, None))]
    with ledger.write() as connection:
        put(connection, events)
    with ledger.look() as connection:
        assert [event.sequence for event in read(connection, CaseEvent)] == [1, 2, 3]
        assert [event.sequence for event in read(connection, CaseEvent, note=None)] == [1, 2]
        assert [
            event.sequence for event in read(connection, CaseEvent, sql_table(CaseEvent).c.sequence > 1, note=None)
        ] == [2]
        assert one(connection, CaseEvent, sequence=9) is None


def test_remove_counts_what_it_removed(ledger: Ledger) -> None:
    with ledger.write() as connection:
        put(connection, [EVENT, replace(EVENT, sequence=2)])
        assert remove(connection, CaseEvent, sequence=1) == 1
        assert remove(connection, CaseEvent, sequence=1) == 0
        assert [event.sequence for event in read(connection, CaseEvent)] == [2]


def test_times_of_any_zone_come_back_as_the_same_moment_in_utc(ledger: Ledger) -> None:
    zone = timezone(timedelta(hours=5, minutes=30))
    with ledger.write() as connection:
        put(connection, [replace(EVENT, time=TIME.astimezone(zone))])
        (event,) = read(connection, CaseEvent)
    assert event.time == TIME
    assert event.time.utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_refused(ledger: Ledger) -> None:
    with pytest.raises(sa.exc.StatementError, match="time without a zone"), ledger.write() as connection:
        put(connection, [replace(EVENT, time=TIME.replace(tzinfo=None))])


def test_a_null_where_none_may_be_is_refused(ledger: Ledger) -> None:
    with ledger.look() as connection:
        (party, *_) = read(connection, Party)
    with pytest.raises(sa.exc.IntegrityError), ledger.write() as connection:
        put(connection, [replace(party, name=None)])  # type: ignore[arg-type]


def test_days_stay_days(ledger: Ledger) -> None:
    with ledger.look() as connection:
        (network, *_) = read(connection, Network)
    assert type(network.since) is date


def test_table_names_are_those_of_the_records() -> None:
    assert all(sql_table(record).name == table_name(record) for record in LEDGER_TABLES)


def _key(row: LedgerRecord) -> dict[str, object]:
    return {name: getattr(row, name) for name in LEDGER_TABLES[type(row)]}
