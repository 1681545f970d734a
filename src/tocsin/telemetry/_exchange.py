"""Rows of the vocabulary from uniflows of which it is known what belongs together."""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tocsin.telemetry._pairing import ACK, FIN, RST, SYN, TCP, UDP
from tocsin.telemetry._protocols import protocol
from tocsin.telemetry._uniflow import UNKNOWN, Flags, Integers, Uniflows, factors
from tocsin.telemetry._values import INTEGER, TEXT, Values

# Ports below were handed out to services; who sends from one to a port above most likely answers.
FIRST_CLIENT_PORT = 1024

_PROTOCOLS: Values = pa.array([protocol(str(number)) for number in range(256)])
_STATES = pa.array(["S0", "REJ", "SF", "RSTO", "RSTR"])


def exchanges(
    rows: Uniflows, began: Integers, answers: Integers, lone: Integers, silent: Flags, sampling: int
) -> pa.Table:
    """Rows for pairs (``began`` and ``answers``, side by side) and for records without an answer (``lone``).

    ``silent`` says of each of these whether it is sure that nothing came back. Where it is not, and the ports say that
    the record itself is the answer, its sender is the responder, and of the initiator nothing is counted.
    """
    silent = silent & (rows["whole"][lone] != 1)
    turned = ~silent & _is_answer(rows, lone)
    none = np.full(len(lone), UNKNOWN)
    one = np.concatenate([began, np.where(turned, none, lone)])
    other = np.concatenate([answers, np.where(turned, lone, none)])
    nothing = np.concatenate([np.zeros(len(began), np.bool_), silent])
    start, duration = _times(rows, one, other)
    rates = _either(rows["sampling"], one, other)
    return pa.table(
        {
            "time": pa.array(start).cast(pa.timestamp("us")),
            "duration_us": _known(duration),
            "initiator": _address(rows, "sender", one, "receiver", other),
            "initiator_port": _known(_side(rows, "sender_port", one, "receiver_port", other)),
            "responder": _address(rows, "receiver", one, "sender", other),
            "responder_port": _known(_side(rows, "receiver_port", one, "sender_port", other)),
            "protocol": _PROTOCOLS.take(_either(rows["protocol"], one, other)),
            "initiator_packets": _known(_at(rows["packets"], one)),
            "initiator_bytes": _known(_at(rows["bytes"], one)),
            "responder_packets": _known(_answer(rows, "packets", one, other, nothing)),
            "responder_bytes": _known(_answer(rows, "bytes", one, other, nothing)),
            "state": _states(rows, one, other, nothing, np.where(rates == UNKNOWN, sampling, rates) == 1),
            "sampling": _known(rates),
            "factor": pa.array(_either(factors(rows, sampling), one, other)),
            "uid": pa.nulls(len(one), TEXT),
            "service": pa.nulls(len(one), TEXT),
        }
    )


def _is_answer(rows: Uniflows, lone: Integers) -> Flags:
    """Whether a record comes from a service's port to a client's, and does not open a connection."""
    source, target, number = rows["sender_port"][lone], rows["receiver_port"][lone], rows["protocol"][lone]
    flags = rows["flags"][lone]
    opens = (flags != UNKNOWN) & (flags & (SYN | ACK) == SYN)
    ported = ((number == TCP) & ~opens) | (number == UDP)
    served = (source >= 0) & (source < FIRST_CLIENT_PORT) & (target >= FIRST_CLIENT_PORT)
    answer: Flags = ported & served & (rows["whole"][lone] != 1)
    return answer


def _at(values: Integers, places: Integers) -> Integers:
    """Values at these places; UNKNOWN where a place is."""
    found = values[places]
    found[places == UNKNOWN] = UNKNOWN
    return found


def _either(values: Integers, one: Integers, other: Integers) -> Integers:
    return values[np.where(one == UNKNOWN, other, one)]


def _side(rows: Uniflows, own: str, one: Integers, opposite: str, other: Integers) -> Integers:
    """A property of one side, from the initiator's record or, where that is missing, from the responder's."""
    found = rows[own][one]
    missing = one == UNKNOWN
    found[missing] = rows[opposite][other[missing]]
    return found


def _address(rows: Uniflows, own: str, one: Integers, opposite: str, other: Integers) -> Values:
    return rows.addresses.take(_side(rows, own, one, opposite, other))


def _answer(rows: Uniflows, count: str, one: Integers, other: Integers, nothing: Flags) -> Integers:
    """What came back: by the responder's record, or by the record of both; 0 where it is sure that nothing did."""
    found = np.where(other == UNKNOWN, rows[f"reverse_{count}"][one], rows[count][other])
    found[nothing] = 0
    return found


def _times(rows: Uniflows, one: Integers, other: Integers) -> tuple[Integers, Integers]:
    """Beginning, and time to the last packet of either side; UNKNOWN when no end is known."""
    first, second = np.where(one == UNKNOWN, other, one), np.where(other == UNKNOWN, one, other)
    start = np.minimum(rows["start"][first], rows["start"][second])
    end = np.maximum(rows["end"][first], rows["end"][second])
    return start, np.where(end == UNKNOWN, UNKNOWN, np.maximum(end - start, 0))


def _states(rows: Uniflows, one: Integers, other: Integers, nothing: Flags, every: Flags) -> Values:
    """How a TCP connection went, in Zeek's words, where the flags of both sides leave no doubt."""
    mine = _at(rows["flags"], one)
    theirs = np.where(other == UNKNOWN, _at(rows["reverse_flags"], one), rows["flags"][other])
    usable = every & (_either(rows["protocol"], one, other) == TCP) & (mine != UNKNOWN)
    both = usable & (theirs != UNKNOWN)
    opened = mine & (SYN | ACK | FIN | RST) == SYN
    met = both & (mine & theirs & (SYN | ACK) == (SYN | ACK))
    closed, reset = met & ((mine | theirs) & RST == 0), met & ((mine | theirs) & FIN == 0)
    words = (
        usable & opened & nothing,
        both & opened & (theirs & (SYN | FIN | RST) == RST),
        closed & (mine & theirs & FIN != 0),
        reset & (mine & RST != 0) & (theirs & RST == 0),
        reset & (mine & RST == 0) & (theirs & RST != 0),
    )
    word = np.select(words, range(len(words)), UNKNOWN)
    return _STATES.take(_known(word))


def _known(values: "NDArray[Any]") -> Values:
    """A column in which UNKNOWN is null."""
    return pa.array(values, INTEGER, mask=values == UNKNOWN)
