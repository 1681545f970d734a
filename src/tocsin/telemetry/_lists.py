"""Parsers of lists: JSON's own, or text with commas between. What they give is no list, or one that has a bound."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tocsin.telemetry._values import INTEGER, NUMBER, TEXT, Values, canonical

# Answers with more are made by hand; those of large services have a dozen.
MOST_ANSWERS = 64
_LONGEST_ANSWER = 255
_PLAIN = r"^[a-z0-9_-](?:[a-z0-9_.-]{0,200}[a-z0-9_-])?$"
_LONGEST_TTL = 2**32


def answers(values: Values) -> Values:
    """Addresses and names; what is neither, such as the text of a TXT record, is left out, and so are those past 64."""
    lists = as_lists(values)
    flat, parents = pc.list_flatten(lists), pc.list_parent_indices(lists).to_numpy()
    encoded = flat.dictionary_encode()
    found = _known(encoded.dictionary).take(encoded.indices)
    first = np.searchsorted(parents, parents)
    kept = found.is_valid().to_numpy(zero_copy_only=False) & (np.arange(len(parents)) - first < MOST_ANSWERS)
    ends = np.cumsum(np.bincount(parents[kept], minlength=len(lists)))
    return pa.ListArray.from_arrays(pa.array(np.concatenate(([0], ends)), pa.int32()), found.filter(pa.array(kept)))


def smallest(values: Values) -> Values:
    """The smallest of some seconds, as a whole number; null where one is none."""
    lists = as_lists(values)
    try:
        numbers = pc.list_flatten(lists).cast(NUMBER)
    except pa.ArrowInvalid:
        return pa.array([_smallest(seconds) for seconds in lists.to_pylist()], INTEGER)
    lowest = np.full(len(lists), np.inf)
    np.minimum.at(lowest, pc.list_parent_indices(lists).to_numpy(), numbers.to_numpy(zero_copy_only=False))
    known = (lowest >= 0) & (lowest < _LONGEST_TTL)
    return pa.array(np.where(known, lowest, 0).astype(np.int64), INTEGER, mask=~known)


def first(values: Values) -> Values:
    """The first of some texts."""
    lists = pc.split_pattern(values, ",", max_splits=1) if values.type == TEXT else values
    found: Values = pc.list_element(lists, 0)
    return found


def size(values: Values) -> Values:
    """How many there are."""
    return pc.list_value_length(as_lists(values)).cast(INTEGER)


def as_lists(values: Values) -> Values:
    """Lists as they are; text cut at its commas."""
    return pc.split_pattern(values, ",") if values.type == TEXT else values


def _known(texts: Values) -> Values:
    """Names and IPv4 addresses as they are written nearly always are known by their form; others one by one."""
    is_plain = pc.match_substring_regex(texts, _PLAIN).to_pylist()
    either = zip(texts.to_pylist(), is_plain, strict=True)
    return pa.array([text if ok or text is None else _answer(text) for text, ok in either], TEXT)


def _answer(text: str) -> str | None:
    if address := canonical(text):
        return address
    name = text.lower().rstrip(".")
    fits = len(name) <= _LONGEST_ANSWER and name.isprintable() and not any(map(str.isspace, name))
    return name if name and fits else None


def _smallest(seconds: list[str] | None) -> int | None:
    try:
        lowest = min(float(text) for text in seconds or ())
    except ValueError:
        return None
    return int(lowest) if 0 <= lowest < _LONGEST_TTL else None
