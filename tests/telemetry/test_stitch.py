"""Both directions of an exchange become one flow, and silence is told from what is not known."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.telemetry import Batch, CutOff, Reject
from tocsin.telemetry import _stitch as machinery
from tocsin.telemetry._stitch import BORDER_US, stitched
from tocsin.telemetry._uniflow import UNKNOWN, Uniflows, together, uniflows

START = 1_767_225_600_000_000
MINUTE = 60_000_000
SYN, SYN_ACK, ALL, RST_ACK, ACK = 2, 18, 27, 20, 16
ADDRESSES = pa.array(["192.0.2.10", "198.51.100.7", "198.51.100.8", "192.0.2.11"])
NUMBERS = (
    "sender",
    "receiver",
    "sender_port",
    "receiver_port",
    "protocol",
    "start",
    "end",
    "packets",
    "bytes",
    "flags",
)

Row = dict[str, int]


def one(at: int = 0, lasts: int = 1_000_000, **changes: int) -> Row:
    """A record of a client's side; times in microseconds from START."""
    row = {"sender": 0, "receiver": 1, "sender_port": 50_000, "receiver_port": 443, "protocol": 6}
    row |= {"start": START + at, "end": START + at + lasts, "packets": 6, "bytes": 600, "flags": ALL}
    return row | changes


def back(row: Row, delay: int = 10_000, **changes: int) -> Row:
    """The record of what came back."""
    turned = {
        name.replace("sender", "x").replace("receiver", "sender").replace("x", "receiver"): row[name] for name in row
    }
    return turned | {"start": row["start"] + delay, "end": row["end"] + delay, "packets": 8, "bytes": 5000} | changes


def table(rows: Sequence[Row]) -> Uniflows:
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: np.array([row.get(name, UNKNOWN) for row in rows]) for name in names}
    return uniflows(ADDRESSES, columns | {"line": np.arange(1, len(rows) + 1)})


def flows(rows: Sequence[Row], sampling: int = 1, pieces: int = 1, every_packet: bool = True) -> list[dict[str, Any]]:
    parts = [table(rows[at::pieces]) for at in range(pieces)] if pieces > 1 else [table(rows)]
    given_back = list(stitched(parts, "sensor", sampling, every_packet=every_packet))
    assert not [part for part in given_back if isinstance(part, Reject)]
    found = [row for part in given_back if isinstance(part, Batch) for row in part.rows.to_pylist()]
    return sorted(found, key=lambda row: (row["time"], str(row["initiator_port"])))


def ordinary(minutes: int, every: int = 10) -> list[Row]:
    """Answered exchanges, one in so many seconds; their ports are not used elsewhere."""
    rows = []
    for number in range(minutes * 60 // every):
        row = one(number * every * 1_000_000, sender_port=10_000 + number)
        rows += [row, back(row)]
    return rows


def in_order(rows: Sequence[Row]) -> list[Row]:
    """As a device exports them: when they are over."""
    return sorted(rows, key=lambda row: row["end"])


def test_two_directions_are_one_flow() -> None:
    (row,) = flows([one(), back(one())])
    assert (row["initiator"], row["initiator_port"], row["responder"], row["responder_port"]) == (
        "192.0.2.10",
        50_000,
        "198.51.100.7",
        443,
    )
    assert (row["initiator_packets"], row["initiator_bytes"]) == (6, 600)
    assert (row["responder_packets"], row["responder_bytes"]) == (8, 5000)
    assert (row["duration_us"], row["state"], row["protocol"], row["sampling"]) == (1_010_000, "SF", "tcp", 1)


def test_who_began_is_the_initiator_in_whatever_order_they_come() -> None:
    assert flows([back(one()), one()]) == flows([one(), back(one())])


def test_of_two_that_begin_together_the_higher_port_began() -> None:
    (row,) = flows([back(one(), 0), one()])
    assert (row["initiator_port"], row["responder_port"]) == (50_000, 443)


def test_an_exchange_of_which_the_beginning_was_not_seen_is_told_by_its_ports() -> None:
    (row,) = flows([one(500, flags=ACK), back(one(flags=ACK), 0)])
    assert (row["initiator_port"], row["initiator_packets"]) == (50_000, 6)


def test_parts_of_a_long_exchange_stay_apart_and_meet_by_time() -> None:
    parts = [one(minute * MINUTE, MINUTE - 1, flags=SYN | ACK, packets=minute + 1) for minute in range(3)]
    # In the second minute the other side was silent.
    answers = [back(parts[0], packets=11), back(parts[2], -5000, packets=13)]
    rows = flows([*parts, *answers])
    assert [(row["initiator_packets"], row["responder_packets"]) for row in rows] == [(1, 11), (2, None), (3, 13)]
    assert {row["initiator_port"] for row in rows} == {50_000}


def test_many_exchanges_of_the_same_ports_meet_one_by_one() -> None:
    rows = [one(second * 60_000_000, 0, packets=second + 1) for second in range(20)]
    found = flows([*rows, *(back(row, 20_000, packets=row["packets"] + 100) for row in reversed(rows))])
    assert [(row["initiator_packets"], row["responder_packets"] - 100) for row in found] == [
        (number, number) for number in range(1, 21)
    ]


def test_the_same_ports_later_are_another_exchange() -> None:
    late = back(one(10 * MINUTE))
    assert [row["responder_packets"] for row in flows([one(), late])] == [None, 8]


def test_what_different_exporters_saw_is_not_mixed() -> None:
    rows = flows([one(exporter=1), back(one(), exporter=2)])
    assert len(rows) == 2


def test_silence_is_known_in_the_middle_of_a_source_of_both_directions() -> None:
    lone = one(5 * MINUTE, 0, sender_port=60_000, flags=SYN, packets=1)
    (row,) = [row for row in flows(in_order([*ordinary(10), lone])) if row["initiator_port"] == 60_000]
    assert (row["responder_packets"], row["responder_bytes"], row["state"]) == (0, 0, "S0")


@pytest.mark.parametrize("at", [BORDER_US // 2, 10 * MINUTE - BORDER_US // 2])
def test_near_the_border_of_a_file_nobody_knows(at: int) -> None:
    lone = one(at, 0, sender_port=60_000, flags=SYN, packets=1)
    rows = in_order([*ordinary(10), lone])
    (row,) = [row for row in flows(rows) if row["initiator_port"] == 60_000]
    assert (row["responder_packets"], row["state"]) == (None, None)


def test_a_source_of_one_direction_never_says_that_nothing_came_back() -> None:
    rows = [row for row in ordinary(10) if row["sender"] == 0]
    assert {row["responder_packets"] for row in flows(rows)} == {None}


def test_a_scan_does_not_make_a_source_look_one_sided() -> None:
    scan = [one(4 * MINUTE + at, 0, sender_port=20_000 + at, flags=SYN, packets=1) for at in range(500)]
    rows = in_order([*ordinary(10), *scan])
    assert sum(row["state"] == "S0" for row in flows(rows)) == 500


def test_without_flags_half_must_have_their_answer() -> None:
    answered = [row | {"flags": UNKNOWN} for row in ordinary(10)]
    lone = [one(4 * MINUTE + at, 0, sender_port=20_000 + at, flags=UNKNOWN) for at in range(200)]
    few = flows(sorted([*answered, *lone[:50]], key=lambda row: row["end"]))
    assert sum(row["responder_packets"] == 0 for row in few) == 50
    many = flows(in_order([*answered, *lone]))
    assert sum(row["responder_packets"] == 0 for row in many) == 0


@pytest.mark.parametrize(("sampling", "every_packet"), [(2, True), (1, False)])
def test_where_packets_are_missing_silence_says_nothing(sampling: int, every_packet: bool) -> None:
    lone = one(5 * MINUTE, 0, sender_port=60_000, flags=SYN, packets=1)
    rows = flows(in_order([*ordinary(10), lone]), sampling, every_packet=every_packet)
    (row,) = [row for row in rows if row["initiator_port"] == 60_000]
    assert (row["responder_packets"], row["initiator_packets"]) == (None, sampling)


def test_an_answer_alone_is_the_responders() -> None:
    (row,) = flows([back(one(), flags=SYN_ACK)])
    assert (row["initiator"], row["initiator_port"], row["responder_port"]) == ("192.0.2.10", 50_000, 443)
    assert (row["initiator_packets"], row["responder_packets"], row["responder_bytes"]) == (None, 8, 5000)


@pytest.mark.parametrize(
    ("flags", "answer", "state"),
    [
        (SYN, RST_ACK, "REJ"),
        (ALL, ALL, "SF"),
        (SYN | ACK | 4, SYN_ACK, "RSTO"),
        (SYN | ACK, SYN_ACK | 4, "RSTR"),
        (SYN | ACK, SYN_ACK, None),
        (SYN, SYN_ACK, None),
        (ALL, UNKNOWN, None),
    ],
)
def test_states_are_said_where_flags_leave_no_doubt(flags: int, answer: int, state: str | None) -> None:
    (row,) = flows([one(flags=flags), back(one(), flags=answer)])
    assert row["state"] == state


def test_states_are_not_said_of_samples() -> None:
    (row,) = flows([one(flags=SYN), back(one(), flags=RST_ACK)], sampling=10)
    assert row["state"] is None


def test_an_echo_and_its_reply_are_one_flow_and_errors_are_none() -> None:
    echo = one(protocol=1, sender_port=8, receiver_port=0, flags=UNKNOWN)
    reply = back(echo, sender_port=0, receiver_port=0)
    error = back(echo, sender_port=3, receiver_port=1)
    rows = flows([reply, echo, error])
    assert sorted(
        (row["initiator_port"], row["responder_port"], row["responder_packets"])
        for row in rows
        if row["initiator_port"] == 8
    ) == [(8, 0, 8)]
    assert len(rows) == 2
    assert {row["protocol"] for row in rows} == {"icmp"}


def test_records_of_both_directions_pass_as_they_are() -> None:
    row = one(whole=1, reverse_packets=3, reverse_bytes=300, reverse_flags=SYN_ACK | 1)
    (found,) = flows([row])
    assert (found["responder_packets"], found["responder_bytes"], found["state"]) == (3, 300, "SF")


def test_each_row_is_scaled_by_its_own_rate() -> None:
    rows = flows(
        [one(sampling=100), one(2 * MINUTE, sender_port=50_001), one(4 * MINUTE, sampling=10, factor=1)], sampling=7
    )
    assert [(row["sampling"], row["initiator_packets"]) for row in rows] == [(100, 600), (7, 42), (10, 6)]


def test_records_that_make_no_sense_are_rejected_one_by_one() -> None:
    rows = [
        one(end=START - 1),
        one(lasts=32 * 86_400_000_000),
        one(packets=1 << 41),
        one(start=-5, end=-4),
        one(packets=-7),
        one(),
    ]
    parts = list(stitched([table(rows)], "sensor", 1))
    reasons = {part.line: part.reason for part in parts if isinstance(part, Reject)}
    assert reasons == {
        1: "it ends before it begins",
        2: "it lasts longer than 31 days",
        3: "its counts are too large",
        4: "it begins outside the years 1970 to 9999",
        5: "its counts are negative",
    }
    assert sum(part.rows.num_rows for part in parts if isinstance(part, Batch)) == 1


def test_what_is_there_is_given_before_the_missing_end_is_told() -> None:
    def cut() -> Iterator[Uniflows]:
        yield table([one()])
        raise CutOff("its end is missing")

    parts: list[Batch | Reject] = []
    with pytest.raises(CutOff):
        parts.extend(stitched(cut(), "sensor", 1))
    assert [part.rows.num_rows for part in parts if isinstance(part, Batch)] == [1]


def test_windows_give_what_one_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = in_order([*ordinary(60), one(30 * MINUTE, 0, sender_port=60_000, flags=SYN)])
    whole = flows(rows)
    monkeypatch.setattr(machinery, "WINDOW_ROWS", 50)
    parts = [table(rows[at : at + 20]) for at in range(0, len(rows), 20)]
    found = [row for part in stitched(parts, "sensor", 1) if isinstance(part, Batch) for row in part.rows.to_pylist()]
    assert sorted(found, key=lambda row: (row["time"], str(row["initiator_port"]))) == whole


def test_no_more_than_the_most_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machinery, "WINDOW_ROWS", 100)
    monkeypatch.setattr(machinery, "MOST_WAITING", 50)
    rows = [one(at, 0, sender_port=1024 + at, flags=SYN) for at in range(10_000)]
    waiting: list[int] = []

    def counted(parts: list[Uniflows]) -> Uniflows:
        waiting.append(sum(map(len, parts)))
        return together(parts)

    monkeypatch.setattr(machinery, "together", counted)
    parts = [table(rows[at : at + 25]) for at in range(0, len(rows), 25)]
    assert sum(part.rows.num_rows for part in stitched(parts, "sensor", 1) if isinstance(part, Batch)) == 10_000
    assert max(waiting) <= 200


record_sets = st.lists(
    st.builds(
        lambda at, lasts, sides, ports, protocol, flags: one(
            at,
            lasts,
            sender=sides[0],
            receiver=sides[1],
            sender_port=ports[0],
            receiver_port=ports[1],
            protocol=protocol,
            flags=flags,
        ),
        st.integers(0, 30_000_000),
        st.integers(0, 5_000_000),
        st.tuples(st.integers(0, 1), st.integers(0, 1)),
        st.tuples(st.integers(0, 2), st.integers(0, 2)),
        st.sampled_from([1, 6, 17, 58]),
        st.integers(UNKNOWN, 31),
    ),
    min_size=1,
    max_size=30,
)


@given(rows=record_sets)
@settings(deadline=None)
def test_no_packet_is_lost_or_counted_twice(rows: list[Row]) -> None:
    rows = [row | {"packets": 1 << number} for number, row in enumerate(rows)]
    found = flows(rows)
    assert (
        sum((row["initiator_packets"] or 0) + (row["responder_packets"] or 0) for row in found) == (1 << len(rows)) - 1
    )
