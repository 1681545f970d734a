"""Whose rows they are: by address, time and port, checked against the same said row by row."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.lakes import HOST, NEW, OTHER, fill, flow, lease
from tocsin.records import Flow, LakeFile, Lease, arrow_schema
from tocsin.store.ledger import Ledger, read
from tocsin.store.place import place
from tocsin.store.spans import LAST, Span, about, spans_of
from tocsin.workspace import Workspace

NOON = datetime(2018, 12, 21, 12)
HOUR = timedelta(hours=1)


def at(hours: float) -> datetime:
    return (NOON + hours * HOUR).replace(tzinfo=UTC)


def flows(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=arrow_schema(Flow))


@pytest.mark.parametrize(
    ("span", "found"),
    [
        (Span(HOST), [True, True, False, True, True]),
        (Span(HOST, at(-1)), [False, False, False, True, True]),
        (Span(HOST, until=at(-1)), [True, True, False, False, False]),
        (Span(HOST, port_low=443, port_high=50000), [True, True, False, False, False]),
        (Span(HOST, port_low=1, port_high=442), [False, False, False, False, True]),
        (Span("203.0.113.9"), [False] * 5),
    ],
)
def test_rows_are_about_a_span_when_either_side_is_in_it(span: Span, found: list[bool]) -> None:
    rows = flows(
        flow(NEW, 0),
        flow(NEW, 10.5, OTHER, responder=HOST),
        flow(NEW, 0, OTHER),
        flow(NEW, 43_200, initiator_port=None, protocol="icmp"),
        flow(NEW, 43_200, OTHER, responder=HOST, responder_port=53),
    )
    assert about(rows, [span]).tolist() == found


@given(data=st.data())
def test_it_is_the_same_as_row_by_row(data: st.DataObject) -> None:
    hosts, seconds, ports = st.sampled_from([HOST, OTHER, "192.0.2.12"]), st.integers(0, 20), st.integers(1, 9)
    row = st.builds(
        lambda second, one, other, port: flow(NEW, second, one, responder=other, initiator_port=port, responder_port=5),
        seconds,
        hosts,
        hosts,
        st.none() | ports,
    )
    span = st.builds(
        lambda host, start, end, block: Span(host, at(-12 + start / 3600), at(-12 + end / 3600), *block),
        hosts,
        seconds,
        seconds,
        st.just((None, None)) | st.tuples(ports, ports),
    )
    rows, spans = data.draw(st.lists(row)), data.draw(st.lists(span, max_size=4))

    def is_about(row: dict[str, Any], span: Span) -> bool:
        if not span.since <= row["time"].replace(tzinfo=UTC) < span.until:
            return False
        sides = ((row["initiator"], row["initiator_port"]), (row["responder"], row["responder_port"]))
        return any(
            address == span.address
            and (span.port_low is None or (port is not None and span.port_low <= port <= (span.port_high or 0)))
            for address, port in sides
        )

    assert about(flows(*rows), spans).tolist() == [any(is_about(row, span) for span in spans) for row in rows]


def test_a_lease_is_about_a_span_that_it_overlaps() -> None:
    rows = [
        lease(HOST, "a", NOON, NOON + HOUR),
        lease(HOST, "b", NOON - HOUR, NOON),
        lease(HOST, "c", NOON - HOUR, None),
        lease(HOST, "d", NOON, NOON + HOUR, port_low=1000, port_high=1999),
        lease(OTHER, "e", NOON, NOON + HOUR),
    ]
    table = pa.Table.from_pylist(rows, schema=arrow_schema(Lease))
    assert about(table, [Span(HOST, at(0), at(1))]).tolist() == [True, False, True, True, False]
    assert about(table, [Span(HOST, at(0), at(1), 2000, 2999)]).tolist() == [True, False, True, False, False]


def test_a_subscriber_has_the_spans_of_its_leases(workspace: Workspace, ledger: Ledger) -> None:
    rows = [
        lease(HOST, "a", NOON, NOON + HOUR),
        lease(OTHER, "a", NOON + HOUR, None),
        lease(OTHER, "b", NOON + 3 * HOUR, None),
        lease("192.0.2.99", "a", NOON, None, port_low=1000, port_high=1999),
        lease("192.0.2.99", "b", NOON + HOUR, None, port_low=2000, port_high=2999),
        lease("192.0.2.99", "b", NOON + 2 * HOUR, None, port_low=1500, port_high=2499),
        lease("192.0.2.98", "a", NOON + 5 * HOUR, None),
    ]
    fill(workspace, ledger, "leases", rows, Lease)
    with ledger.look() as connection:
        files = read(connection, LakeFile)
    assert spans_of(place(workspace.lake), files, "a") == [
        Span(HOST, at(0), at(1)),
        Span("192.0.2.99", at(0), at(2), 1000, 1999),
        Span(OTHER, at(1), at(3)),
        Span("192.0.2.98", at(5), LAST),
    ]
    assert spans_of(place(workspace.lake), files, "nobody") == []
