"""Records of one template become columns: each field is a view over all of them at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from tocsin.telemetry._netflow.addresses import encoded
from tocsin.telemetry._netflow.templates import REVERSE, VARIABLE, Template, measured
from tocsin.telemetry._uniflow import Integers
from tocsin.telemetry._values import Values

# Elements by what they tell; of several in a template the first of these counts. IANA's numbers are NetFlow v9's too.
ELEMENTS: Mapping[str, Sequence[tuple[int, int]]] = {
    "protocol": ((0, 4),),
    "sender_port": ((0, 7), (0, 180), (0, 182)),
    "receiver_port": ((0, 11), (0, 181), (0, 183)),
    "icmp": ((0, 32), (0, 139)),
    "icmp_type": ((0, 176), (0, 178)),
    "icmp_code": ((0, 177), (0, 179)),
    "bytes": ((0, 1), (0, 231), (0, 85)),
    "packets": ((0, 2), (0, 298), (0, 86)),
    "bytes_out": ((0, 23),),
    "packets_out": ((0, 24),),
    "reverse_bytes": ((REVERSE, 1), (0, 232), (REVERSE, 85)),
    "reverse_packets": ((REVERSE, 2), (0, 299), (REVERSE, 86)),
    "flags": ((0, 6),),
    "reverse_flags": ((REVERSE, 6),),
    "start_s": ((0, 150),),
    "end_s": ((0, 151),),
    "start_ms": ((0, 152),),
    "end_ms": ((0, 153),),
    "start_before_us": ((0, 158),),
    "end_before_us": ((0, 159),),
    "start_uptime": ((0, 22),),
    "end_uptime": ((0, 21),),
    "boot_ms": ((0, 160),),
    "duration_ms": ((0, 161),),
    "duration_us": ((0, 162),),
    "seen_s": ((0, 322),),
    "seen_ms": ((0, 323),),
    "sampling": ((0, 34), (0, 50)),
    "sampled": ((0, 305),),
    "left_out": ((0, 306),),
    "sampler": ((0, 48), (0, 302)),
    "event": ((0, 233), (0, 40005)),
    "nat_event": ((0, 230),),
    "direction": ((0, 239),),
}
# Seconds since 1900 and, in four more bytes, their binary fraction, as NTP counts.
NTP: Mapping[str, Sequence[tuple[int, int]]] = {
    "start_ntp": ((0, 154), (0, 156)),
    "end_ntp": ((0, 155), (0, 157)),
    "seen_ntp": ((0, 324), (0, 325)),
}
SIDES: Mapping[str, Sequence[tuple[int, int]]] = {"sender": ((0, 8), (0, 27)), "receiver": ((0, 12), (0, 28))}
_LENGTHS = {8: 4, 12: 4, 27: 16, 28: 16}
# Longer numbers than this are not numbers.
_LONGEST = 8

Places: TypeAlias = dict[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the fields of interest stand in a record: offset and length by column. ``width`` is bytes of a record.

    ``runs``: for records of variable length, the fixed bytes between the variable fields, one length more than these.
    """

    width: int
    numbers: Mapping[str, tuple[int, int]]
    addresses: Mapping[str, tuple[tuple[int, int], ...]]
    runs: tuple[int, ...]

    @property
    def is_flow(self) -> bool:
        """Whether its records name two addresses and a protocol: others are about other things than flows."""
        return all(self.addresses[side] for side in SIDES) and "protocol" in self.numbers


@lru_cache(1 << 12)
def layout(template: Template) -> Layout:
    """The layout of a template. Fields of variable length count as none: nothing of interest has one."""
    width, runs, run = 0, list[int](), 0
    places: Places = {}
    for field in template.fields:
        if field.length == VARIABLE:
            runs.append(run)
            run = 0
            continue
        if field.length:
            places.setdefault((field.enterprise, field.element), (width, field.length))
        width += field.length
        run += field.length
    sides = {
        side: tuple(places[key] for key in keys if key in places and places[key][1] == _LENGTHS[key[1]])
        for side, keys in SIDES.items()
    }
    return Layout(width, _numbers(places), sides, (*runs, run))


def _numbers(places: Places) -> Mapping[str, tuple[int, int]]:
    """Where the numbers of interest stand, by column."""
    numbers = {}
    for name, elements in ELEMENTS.items():
        found = [places[element] for element in elements if element in places and places[element][1] <= _LONGEST]
        if found:
            numbers[name] = found[0]
    for name, elements in NTP.items():
        for at, length in (places[element] for element in elements if element in places):
            if length == _LONGEST:
                numbers |= {name: (at, 4), f"{name}_fraction": (at + 4, 4)}
    return numbers


def cut(shape: Layout, body: bytes) -> tuple[bytes, int]:
    """Whole records of a set without their variable fields, and how many they are."""
    if len(shape.runs) == 1:
        count = len(body) // shape.width if shape.width else 0
        return body[: count * shape.width], count
    parts: list[bytes] = []
    at, count, shortest = 0, 0, shape.width + len(shape.runs) - 1
    first, *others = shape.runs
    while at + shortest <= len(body):
        record = [body[at : at + first]]
        at += first
        for run in others:
            length, at = measured(VARIABLE, body, at)
            at += length
            record.append(body[at : at + run])
            at += run
        if at > len(body):
            break
        parts += record
        count += 1
    return b"".join(parts), count


def columns(shape: Layout, records: bytes) -> tuple[Values, dict[str, Integers]]:
    """Addresses of the records, and their columns: those of ELEMENTS that are there, and both sides by place."""
    found = {name: _number(records, shape.width, *place) for name, place in shape.numbers.items()}
    texts, (found["sender"], found["receiver"]) = encoded(
        records, shape.width, shape.addresses["sender"], shape.addresses["receiver"]
    )
    return texts, found


def _number(records: bytes, width: int, at: int, length: int) -> Integers:
    """A number of 1 to 8 bytes of each record; what is too large for 63 bits is the largest that is not."""
    rows = len(records) // width
    size = 1 << (length - 1).bit_length()
    if size == length:
        raw = np.ndarray((rows,), f">u{size}", records, at, (width,))
        return np.minimum(raw, np.uint64(2**63 - 1)).astype(np.int64) if size == 8 else raw.astype(np.int64)
    digits = np.ndarray((rows, length), np.uint8, records, at, (width, 1)).astype(np.int64)
    return digits @ (1 << np.arange(8 * (length - 1), -1, -8, dtype=np.int64))
