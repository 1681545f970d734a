"""Uniflows from tables, as sources of text and JSON give them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tocsin.telemetry._blocks import Lines, joined
from tocsin.telemetry._columns import Field, converted, replaced
from tocsin.telemetry._flows import LARGEST_RATE
from tocsin.telemetry._protocols import protocol
from tocsin.telemetry._rows import Reject
from tocsin.telemetry._uniflow import COLUMNS, UNKNOWN, Integers, Uniflows, uniflows
from tocsin.telemetry._values import INTEGER, TEXT, address, distinct, integer, text

# ICMP has two numbers and one name in the vocabulary; of a name, IPv6 is not known.
_NUMBERS = {"icmp": 1, "tcp": 6, "udp": 17}
_ICMP6_NAMES = ("58", "ipv6-icmp", "icmp6", "icmpv6", "ipv6icmp")
_PORTED = pa.array([6, 17, 33, 132, 136])
_ICMP = pa.array([1, 58])
_FLAGS = "FSRPAUEC"
_LINE = Field("line", "line", text, "a number", INTEGER)

MOST_EXPORTERS = 1 << 16

port = integer(0, 65_535)
# 0 is written where the rate is not known.
stated_rate = integer(0, LARGEST_RATE)

Shape: TypeAlias = Callable[[Lines, pa.Table], tuple[Lines, pa.Table]]

Finish: TypeAlias = Callable[[pa.Table], pa.Table]


def as_it_is(lines: Lines, rows: pa.Table) -> tuple[Lines, pa.Table]:
    """No change."""
    return lines, rows


def protocol_number(name: str) -> int | None:
    """IP's number of a protocol by number or name; None for what is none.

    >>> [protocol_number(name) for name in ("TCP", "17", "ICMP6", "gre", "nonsense")]
    [6, 17, 58, 47, None]
    """
    name = name.strip().lower()
    if name in _ICMP6_NAMES:
        return 58
    found = protocol(name)
    return None if found is None else _NUMBERS.get(found) or int(found)


def flag_bits(said: str) -> int | None:
    """TCP flags as one number, from a number or the letters of their names, in any order; None for what is neither.

    >>> flag_bits("...AP.SF"), flag_bits("27"), flag_bits("0x12"), flag_bits("?")
    (27, 27, 18, None)
    """
    said = said.strip()
    if said.isascii() and said.isdigit() and len(said) <= 5:
        return int(said)
    if said.startswith("0x") and len(said) <= 6 and all(digit in "0123456789abcdefABCDEF" for digit in said[2:]):
        return int(said, 16) if len(said) > 2 else None
    if not said or set(said) - set(_FLAGS + "W."):
        return None
    return sum(1 << _FLAGS.index(letter) for letter in set(said.replace("W", "C")) - {"."})


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


def uniflows_of(
    parsed: Iterable[tuple[Lines, pa.Table] | Reject],
    fields: Sequence[Field],
    shape: Shape = as_it_is,
    finish: Finish = lambda rows: rows,
) -> Iterator[Uniflows | Reject]:
    """Uniflows from parsed lines, and those of which a value makes no sense.

    ``fields`` give columns named as those of uniflows, of which ``exporter`` may be text here, and for ICMP
    ``icmp_type`` and ``icmp_code``; ``shape`` changes a block before its values are parsed, ``finish`` the good rows
    after.
    """
    exporters: dict[str, int] = {}
    for part in parsed:
        if isinstance(part, Reject):
            yield part
            continue
        lines, rows = shape(*part)
        numbered = rows.append_column("line", pa.array(lines.numbers, INTEGER))
        for good in converted(lines, numbered, (*fields, _LINE)):
            yield good if isinstance(good, Reject) else from_table(finish(_shaped(good, exporters)))


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


def without(lines: Lines, rows: pa.Table, left_out: Any) -> tuple[Lines, pa.Table]:
    """Lines and rows but those that are left out, by a flag for each."""
    if not pc.any(left_out).as_py():
        return lines, rows
    flags = left_out.to_pylist()
    kept = [pair for pair, gone in zip(lines.numbered(), flags, strict=True) if not gone]
    return joined(kept), rows.filter(pc.invert(left_out))


def is_icmp(rows: pa.Table) -> Any:
    """Whether each row is ICMP, as an array of flags."""
    found: Any = pc.is_in(rows["protocol"], _ICMP)
    return found


def _shaped(rows: pa.Table, exporters: dict[str, int]) -> pa.Table:
    icmp = is_icmp(rows)
    if pc.any(icmp).as_py():
        for name, values in zip(("sender_port", "receiver_port"), _kinds(rows), strict=True):
            rows = replaced(rows, name, pc.if_else(icmp, values, rows[name]))
    rows = without_ports(rows)
    if "sampling" in rows.column_names:
        unknown = pc.equal(rows["sampling"], pa.scalar(0))
        rows = replaced(rows, "sampling", pc.if_else(unknown, pa.scalar(None, INTEGER), rows["sampling"]))
    if "exporter" in rows.column_names:
        rows = replaced(rows, "exporter", _numbered(rows["exporter"], exporters))
    return rows


def _kinds(rows: pa.Table) -> "tuple[pa.ChunkedArray[Any], pa.ChunkedArray[Any]]":
    """Type and code of ICMP: as they are given, else as exporters write them into the receiver's port."""
    if "icmp_type" in rows.column_names:
        return rows["icmp_type"], rows["icmp_code"]
    first, second = rows["sender_port"], rows["receiver_port"]
    together = pc.or_(pc.is_null(first), pc.equal(first, pa.scalar(0)))
    kind = pc.if_else(together, pc.shift_right(second, pa.scalar(8)), first)
    return kind, pc.if_else(together, pc.bit_wise_and(second, pa.scalar(255)), second)


def _numbered(names: "pa.ChunkedArray[Any]", known: dict[str, int]) -> "pa.ChunkedArray[Any]":
    """Exporters by number. What comes after the most that are told apart is one."""
    if pa.types.is_integer(names.type):
        return names
    encoded = names.combine_chunks().dictionary_encode()
    whole = encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
    numbers = [
        known.setdefault(name, len(known)) if name in known or len(known) < MOST_EXPORTERS else MOST_EXPORTERS
        for name in map(str, whole.dictionary.to_pylist())
    ]
    return pa.chunked_array([pa.array(numbers, INTEGER).take(whole.indices)], INTEGER)


def _integers(values: "pa.ChunkedArray[Any]") -> Integers:
    found: Integers = values.cast(INTEGER).fill_null(pa.scalar(UNKNOWN)).to_numpy()
    return found
