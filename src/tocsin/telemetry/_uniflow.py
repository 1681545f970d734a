"""Flows of one direction each (uniflows, RFC 5103), as columns of NumPy, on their way to the vocabulary."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tocsin.telemetry._flows import LONGEST_US, largest_counts
from tocsin.telemetry._rows import Reject, rejected
from tocsin.telemetry._values import LAST_INSTANT, TEXT, Values

Integers: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

# Stands for what a source does not say; nothing that is counted or measured here is negative.
UNKNOWN = -1

REQUIRED = ("sender", "receiver", "protocol", "start")
COLUMNS = (
    *REQUIRED,
    "end",
    "sender_port",
    "receiver_port",
    "packets",
    "bytes",
    "reverse_packets",
    "reverse_bytes",
    "flags",
    "reverse_flags",
    "sampling",
    "factor",
    "whole",
    "exporter",
    "line",
)
COUNTS = ("packets", "bytes", "reverse_packets", "reverse_bytes")


@dataclass(frozen=True, slots=True)
class Uniflows:
    """Exported records, one a row, each of what a *sender* sent to a *receiver*.

    ``addresses`` are texts; ``columns`` has COLUMNS, all integers, UNKNOWN where the source does not say: ``sender``
    and ``receiver`` are places in ``addresses``; ``protocol`` is IP's number; for ICMP the ports are type and code;
    ``start`` and ``end`` are microseconds since 1970; ``flags`` are those of all TCP headers together; ``sampling`` is
    what the source states, ``factor`` what its counts must be multiplied with (UNKNOWN: the sampling), ``whole`` is 1
    where the record speaks of both directions and its sender began, ``exporter`` tells apart who saw it, and ``line``
    is where it stands in the file.
    """

    addresses: Values
    columns: Mapping[str, Integers]

    def __len__(self) -> int:
        return len(self.columns["start"])

    def __getitem__(self, name: str) -> Integers:
        return self.columns[name]

    def take(self, which: "Integers | Flags") -> "Uniflows":
        """Some of the rows, by place or by a flag for each."""
        return Uniflows(self.addresses, {name: values[which] for name, values in self.columns.items()})


def uniflows(addresses: Values, columns: Mapping[str, "NDArray[Any]"]) -> Uniflows:
    """Rows of which only some columns are known. An end that is not known stays so."""
    rows = len(columns["start"])
    unknown = np.broadcast_to(np.int64(UNKNOWN), rows)
    whole = {name: columns[name].astype(np.int64, copy=False) if name in columns else unknown for name in COLUMNS}
    return Uniflows(addresses, whole)


def together(parts: "list[Uniflows]") -> Uniflows:
    """Rows of several parts below each other, whose addresses are then in one list, each once."""
    if len(parts) == 1:
        return parts[0]
    encoded = pa.concat_arrays([part.addresses for part in parts]).dictionary_encode()
    places = encoded.indices.to_numpy().astype(np.int64)
    shifts = np.cumsum([0, *(len(part.addresses) for part in parts)])
    columns = {}
    for name in COLUMNS:
        pieces = [part[name] for part in parts]
        if name in ("sender", "receiver"):
            pieces = [places[piece + shift] for piece, shift in zip(pieces, shifts[:-1], strict=True)]
        columns[name] = _one(pieces)
    return Uniflows(encoded.dictionary.cast(TEXT), columns)


def _one(pieces: "list[Integers]") -> Integers:
    """Pieces of a column as one; a column of which nothing is known costs no memory."""
    if all(piece.strides == (0,) for piece in pieces):
        return np.broadcast_to(np.int64(UNKNOWN), sum(map(len, pieces)))
    return np.concatenate(pieces)


def checked(rows: Uniflows, sampling: int) -> tuple[Uniflows, list[Reject]]:
    """Rows that later stages can work with, and why the others are none. ``sampling`` holds where the source is silent.

    A record that ends before it begins, lasts longer than a month, stands outside the calendar or counts more than 2^40
    when it is scaled up makes no sense.
    """
    start, end = rows["start"], rows["end"]
    most = largest_counts(factors(rows, sampling))
    counts = [rows[name] for name in COUNTS if rows[name].strides != (0,)]
    late = (end != UNKNOWN) & (end < start)
    problems = {
        "it begins outside the years 1970 to 9999": (start < 0) | (start > LAST_INSTANT),
        "it ends before it begins": late,
        "it lasts longer than 31 days": ~late & (end - start > LONGEST_US),
        "its counts are too large": _any([count > most for count in counts], len(rows)),
        "its counts are negative": _any([count < UNKNOWN for count in counts], len(rows)),
    }
    bad = _any(list(problems.values()), len(rows))
    if not bad.any():
        return rows, []
    rejects = []
    for row in np.flatnonzero(bad).tolist():
        reason = next(what for what, where in problems.items() if where[row])
        rejects.append(rejected(int(rows["line"][row]), reason, _shown(rows, row)))
    return rows.take(~bad), rejects


def _any(flags: "list[Flags]", rows: int) -> Flags:
    found = np.zeros(rows, np.bool_)
    for each in flags:
        found |= each
    return found


def factors(rows: Uniflows, sampling: int) -> Integers:
    """What the counts of each row are multiplied with."""
    rates = np.where(rows["sampling"] == UNKNOWN, sampling, rows["sampling"])
    if rows["factor"].strides == (0,):
        return rates
    return np.where(rows["factor"] == UNKNOWN, rates, rows["factor"])


def _shown(rows: Uniflows, row: int) -> bytes:
    sides = [
        f"{rows.addresses[int(rows[side][row])].as_py()} {rows[f'{side}_port'][row]}" for side in ("sender", "receiver")
    ]
    figures = " ".join(f"{name}={rows[name][row]}" for name in ("start", "end", "packets", "bytes"))
    return f"{sides[0]} > {sides[1]} protocol {rows['protocol'][row]} {figures}".encode()
