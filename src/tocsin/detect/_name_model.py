"""How machine-made a name looks: runs of characters, weighed by a model that ``scripts/train_names.py`` has trained.

The model is a table of small whole numbers, one for each bucket that a run of one to four characters, or of two to
five kinds of character, falls into. The weights of a name's runs are summed up; how many popular names come out at
least as high is what is told. All of it is whole numbers, so that every machine decides alike.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tocsin.content import packaged

BUCKET_BITS = 17

# Runs of characters as they are, and of their kinds: vowels, consonants, digits, all others.
LENGTHS, KIND_LENGTHS = range(1, 5), range(2, 6)

# So many labels at a time that what is computed of them fits into a processor's cache.
_BATCH = 4096

_MULTIPLIER, _SPREAD = np.uint32(16_777_619), np.uint32(2_654_435_769)  # FNV's prime; 2^32 over the golden ratio
_KINDS = np.full(256, 4, np.uint32)
_KINDS[list(b"bcdfghjklmnpqrstvwxz")] = 2
_KINDS[list(b"aeiouy")] = 1
_KINDS[list(b"0123456789")] = 3


Numbers = npt.NDArray[np.int64]
Buckets = npt.NDArray[np.uint32]


class Model(NamedTuple):
    """Weights of the buckets, and the sums that popular names reach: ascending, at even steps of their number."""

    weights: npt.NDArray[np.int8]
    popular: npt.NDArray[np.int32]


@cache
def model() -> Model:
    """The model that comes with Tocsin."""
    with packaged("name-model.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        return Model(arrays["weights"], arrays["popular"])


def runs(labels: Sequence[str]) -> tuple[Numbers, Buckets]:
    """The runs of each label: the label's place in ``labels``, and the bucket of the run.

    >>> rows, buckets = runs(["a"])
    >>> len(rows), bool((buckets < 2**BUCKET_BITS).all())
    (9, True)
    """
    _, row, found = _runs(labels)
    chosen = [(row[whole], buckets[whole]) for whole, buckets in found]
    return np.concatenate([rows for rows, _ in chosen]), np.concatenate([buckets for _, buckets in chosen])


def sums(weights: npt.NDArray[np.int8], labels: Sequence[str]) -> Numbers:
    """Sum of the weights of each label's runs."""
    parts = [_sums(weights, labels[start : start + _BATCH]) for start in range(0, len(labels), _BATCH)]
    return np.concatenate([np.empty(0, np.int64), *parts])


def usual_per_mille(labels: Sequence[str]) -> Numbers:
    """How many of a thousand popular names look at least as machine-made as each label.

    >>> [int(value) for value in usual_per_mille(["wikipedia", "xkqjvzwpfhtg"]) > 50]
    [1, 0]
    """
    known = model()
    below = np.searchsorted(known.popular, sums(known.weights, labels), side="left")
    return 1000 - (below * 1000) // len(known.popular)


def _sums(weights: npt.NDArray[np.int8], labels: Sequence[str]) -> Numbers:
    lengths, row, found = _runs(labels)
    added = np.zeros(len(row), np.int64)
    for whole, buckets in found:
        added += np.where(whole, weights[buckets], 0)
    return np.add.reduceat(added, np.cumsum(lengths) - lengths)


def _runs(labels: Sequence[str]) -> tuple[Numbers, Numbers, Iterator[tuple[npt.NDArray[np.bool_], Buckets]]]:
    """Length of each label, the label's place for each character, and for each length of run the bucket of the run
    that begins at each character, with whether it ends within the label.
    """
    written = [b"^" + label.encode("utf-8", "replace") + b"$" for label in labels]
    lengths = np.fromiter(map(len, written), np.int64, len(written))
    characters = np.frombuffer(b"".join(written), np.uint8)
    row = np.repeat(np.arange(len(written)), lengths)
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(characters))
    plain = _buckets(characters.astype(np.uint32), LENGTHS, 17)
    kinds = _buckets(_KINDS[characters], KIND_LENGTHS, 91)
    return lengths, row, ((left >= length, buckets) for length, buckets in chain(plain, kinds))


def _buckets(values: npt.NDArray[np.uint32], lengths: range, mark: int) -> Iterator[tuple[int, Buckets]]:
    """For each length of run, the bucket of the run from each value on; the last few run over the end."""
    mixed = np.full(len(values), mark, np.uint32)
    for length in range(1, lengths.stop):
        mixed = mixed * _MULTIPLIER ^ np.roll(values, 1 - length)
        if length in lengths:
            yield length, ((mixed ^ np.uint32(length)) * _SPREAD) >> np.uint32(32 - BUCKET_BITS)
