"""The life of a case, tried event by event against a table that was written by hand."""

from datetime import UTC, datetime

import pytest

from tocsin.cases import EVENTS, STATES, happen, next_state
from tocsin.errors import WrongUse
from tocsin.records import Case, CaseEvent
from tocsin.store.ledger import Ledger, put, read
from tocsin.workspace import Workspace

# Rows: the event; columns: the states in the order of STATES. A dot is an event that cannot happen.
TABLE = """
             open           notified       acknowledged   claimed        verified_clean false_positive expired  referred
found        open           notified       acknowledged   claimed        verified_clean false_positive expired  referred
assign       open           notified       acknowledged   claimed        .              .              .        .
notify       notified       notified       .              .              .              .              .        .
acknowledge  acknowledged   acknowledged   .              .              .              .              .        .
claim        claimed        claimed        claimed        .              .              .              .        .
verify       .              .              .              verified_clean .              .              .        .
dismiss      false_positive false_positive false_positive false_positive .              .              .        .
expire       expired        expired        expired        expired        .              .              .        .
refer        referred       referred       referred       referred       .              .              .        .
reopen       .              .              .              open           open           open           open     open
"""
_HEAD, *_ROWS = TABLE.strip().splitlines()
CELLS = [
    (state, row.split()[0], target)
    for row in _ROWS
    for state, target in zip(_HEAD.split(), row.split()[1:], strict=True)
]


def test_the_table_is_whole() -> None:
    assert tuple(_HEAD.split()) == STATES
    assert {row.split()[0] for row in _ROWS} == set(EVENTS)


@pytest.mark.parametrize(("state", "event", "target"), CELLS)
def test_each_event_in_each_state(state: str, event: str, target: str) -> None:
    if target == ".":
        with pytest.raises(WrongUse, match=f"cannot {event}"):
            next_state(state, event)
    else:
        assert next_state(state, event) == target


def test_an_unknown_event_is_refused() -> None:
    with pytest.raises(WrongUse, match="no such event: explode"):
        next_state("open", "explode")


def test_an_event_goes_into_the_history(workspace: Workspace, ledger: Ledger) -> None:
    case = _case()
    with ledger.write() as connection:
        put(connection, [case])
        after = happen(connection, workspace, case, "acknowledge", "analyst", "on it")
        happen(connection, workspace, after, "claim", "analyst")
    with ledger.look() as connection:
        (kept,) = read(connection, Case)
        history = read(connection, CaseEvent)
    assert kept.state == "claimed"
    assert [(event.event, event.state, event.note) for event in history] == [
        ("acknowledge", "acknowledged", "on it"),
        ("claim", "claimed", None),
    ]
    assert {event.time for event in history} == {workspace.now()}


def test_what_cannot_happen_changes_nothing(workspace: Workspace, ledger: Ledger) -> None:
    case = _case()
    with ledger.write() as connection:
        put(connection, [case])
    with pytest.raises(WrongUse), ledger.write() as connection:
        happen(connection, workspace, case, "verify", "analyst")
    with ledger.look() as connection:
        assert read(connection, Case) == [case]
        assert read(connection, CaseEvent) == []


def _case() -> Case:
    seen = datetime(2018, 12, 21, tzinfo=UTC)
    return Case(
        party="example-provider",
        marking="TLP:AMBER",
        source="test",
        id="one",
        subject={"kind": "host", "value": "192.168.1.195"},
        responsible={"party": None, "how": "", "as_of": None, "alternatives": []},
        state="open",
        severity=90,
        opened=seen,
        last_seen=seen,
        behaviours=[],
        findings=[],
        sightings=[],
    )
