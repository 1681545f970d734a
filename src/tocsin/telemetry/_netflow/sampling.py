"""Sampling rates that exporters state in options records."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from tocsin.telemetry._flows import LARGEST_RATE
from tocsin.telemetry._uniflow import UNKNOWN, Integers

# Exporters and samplers of the largest networks are some thousands.
MOST_SCOPES, MOST_SAMPLERS = 1 << 16, 1 << 10

Options = Mapping[tuple[int, int], bytes]

_SAMPLERS = ((-1, 302), (0, 302), (0, 48), (-1, 48))
_INTERVALS = ((0, 34), (0, 50))
_PROBABILITY = (0, 311)


@dataclass(slots=True)
class Exporter:
    """What options say of an observation domain: 1 in how many packets is looked at, by sampler; its start."""

    default: int = UNKNOWN
    samplers: dict[int, int] = field(default_factory=dict)
    boot_ms: int = UNKNOWN


def heed(exporter: Exporter, options: Options) -> None:
    """Remember what an options record states."""
    if (0, 160) in options:
        exporter.boot_ms = min(_number(options[0, 160]), 1 << 53)
    rate = stated_rate(options)
    if rate == UNKNOWN:
        return
    sampler = next((_number(options[key]) for key in _SAMPLERS if key in options), None)
    if sampler is None:
        exporter.default = rate
    elif len(exporter.samplers) < MOST_SAMPLERS or sampler in exporter.samplers:
        exporter.samplers[sampler] = rate


def stated_rate(options: Options) -> int:
    """1 in how many packets, or UNKNOWN.

    >>> stated_rate({(0, 305): b"\\x01", (0, 306): b"\\x63"})
    100
    """
    for key in _INTERVALS:
        if key in options:
            return valid(_number(options[key]))
    taken, left, size, population = (
        _number(options[key]) if key in options else UNKNOWN for key in ((0, 305), (0, 306), (0, 309), (0, 310))
    )
    if taken > 0:
        # Exporters that do not say how many packets lie between give 1 in how many they take.
        return valid(round((taken + left) / taken) if left != UNKNOWN else taken)
    if size > 0 and population > 0:
        return valid(round(population / size))
    return _by_probability(options.get(_PROBABILITY, b""))


def valid(rate: int) -> int:
    """A rate, or UNKNOWN for what is none.

    >>> valid(100), valid(0)
    (100, -1)
    """
    return rate if 1 <= rate <= LARGEST_RATE else UNKNOWN


def rates(found: Mapping[str, Integers], exporter: Exporter, rows: "slice") -> Integers:
    """The rate of each of these rows: by its own record, by its sampler, else what holds for the exporter."""
    size = rows.stop - rows.start
    result = np.full(size, exporter.default)
    if "sampler" in found and exporter.samplers:
        samplers = found["sampler"][rows]
        for sampler, rate in exporter.samplers.items():
            result[samplers == sampler] = rate
    elif exporter.default == UNKNOWN and len(set(exporter.samplers.values())) == 1:
        # Records do not name the sampler, and there is but one.
        result[:] = next(iter(exporter.samplers.values()))
    return _own(found, rows, result)


def _own(found: Mapping[str, Integers], rows: "slice", result: Integers) -> Integers:
    if "sampling" in found:
        own = found["sampling"][rows]
    elif "sampled" in found:
        taken = np.maximum(found["sampled"][rows], 1)
        own = (taken + found["left_out"][rows]) // taken if "left_out" in found else taken
    else:
        return result
    return np.where((own >= 1) & (own <= LARGEST_RATE), own, result)


def _number(value: bytes) -> int:
    return int.from_bytes(value[-8:], "big")


def _by_probability(value: bytes) -> int:
    if len(value) not in (4, 8):
        return UNKNOWN
    (probability,) = struct.unpack(">f" if len(value) == 4 else ">d", value)
    return valid(round(1 / probability)) if 1 / LARGEST_RATE <= probability <= 1 else UNKNOWN
