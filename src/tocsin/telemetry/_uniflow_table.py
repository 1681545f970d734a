"""Uniflows from tables, as sources of text and JSON give them."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tocsin.telemetry._argus_text import protocol
from tocsin.telemetry._columns import Field, replaced
from tocsin.telemetry._uniflow import COLUMNS, UNKNOWN, Integers, Uniflows, uniflows
from tocsin.telemetry._values import INTEGER, TEXT, address, distinct, integer

# ICMP has two numbers and one name in the vocabulary; of a name, IPv6 is not known.
_NUMBERS = {"icmp": 1, "tcp": 6, "udp": 17}
_ICMP6_NAMES = ("58", "ipv6-icmp", "icmp6", "icmpv6", "ipv6icmp")
_PORTED = pa.array([6, 17, 33, 132, 136])
_ICMP = pa.array([1, 58])
_FLAGS = "FSRPAUEC"

port = integer(0, 65_535)


def protocol_number(text: str) -> int | None:
    """IP's number of a protocol by number or name; None for what is none.

    >>> [protocol_number(text) for text in ("TCP", "17", "ICMP6", "gre", "nonsense")]
    [6, 17, 58, 47, None]
    """
    name = text.strip().lower()
    if name in _ICMP6_NAMES:
        return 58
    found = protocol(name)
    return None if found is None else _NUMBERS.get(found) or int(found)


def flag_bits(text: str) -> int | None:
    """TCP flags as one number, from a number or the letters of their names, in any order; None for what is neither.

    >>> flag_bits("...AP.SF"), flag_bits("27"), flag_bits("0x12"), flag_bits("?")
    (27, 27, 18, None)
    """
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) <= 5:
        return int(text)
    if text.startswith("0x") and len(text) <= 6 and all(digit in "0123456789abcdefABCDEF" for digit in text[2:]):
        return int(text, 16) if len(text) > 2 else None
    if not text or set(text) - set(_FLAGS + "W."):
        return None
    return sum(1 << _FLAGS.index(letter) for letter in set(text.replace("W", "C")) - {"."})


def number_fields(protocol_name: str, flags_name: str) -> tuple[Field, ...]:
    """Fields for a protocol and for TCP flags, each by number or name."""
    return (
        Field(protocol_name, "protocol", distinct(protocol_number, INTEGER), "a known protocol", required=True),
        Field(flags_name, "flags", distinct(flag_bits, INTEGER), "TCP flags"),
    )


def address_fields(sender: str, receiver: str) -> tuple[Field, ...]:
    """Fields for both addresses."""
    return (
        Field(sender, "sender", address, "an address", required=True),
        Field(receiver, "receiver", address, "an address", required=True),
    )


def from_table(rows: pa.Table) -> Uniflows:
    """Uniflows from columns that are named alike: addresses as text, times as timestamps, nulls where it is silent."""
    count = rows.num_rows
    sides = pa.concat_arrays([*rows["sender"].chunks, *rows["receiver"].chunks, pa.array([], TEXT)]).dictionary_encode()
    places = sides.indices.to_numpy().astype(np.int64)
    said = [name for name in COLUMNS if name in rows.column_names and name not in ("sender", "receiver")]
    columns = {name: _integers(rows[name]) for name in said}
    return uniflows(sides.dictionary, {**columns, "sender": places[:count], "receiver": places[count:]})


def without_ports(rows: pa.Table) -> pa.Table:
    """Ports are kept where the protocol has some, and for ICMP, whose type and code they are."""
    kept = pc.is_in(rows["protocol"], pa.concat_arrays([_PORTED, _ICMP]))
    for name in ("sender_port", "receiver_port"):
        rows = replaced(rows, name, pc.if_else(kept, rows[name], pa.scalar(None, INTEGER)))
    return rows


def is_icmp(rows: pa.Table) -> "pa.ChunkedArray[Any]":
    """Whether each row is ICMP."""
    return pc.is_in(rows["protocol"], _ICMP)


def _integers(values: "pa.ChunkedArray[Any]") -> Integers:
    found: Integers = values.cast(INTEGER).fill_null(pa.scalar(UNKNOWN)).to_numpy()
    return found

