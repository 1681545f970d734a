"""Which rule hides which side of which finding: all sides of all findings at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tocsin.parties.directory import Directory
from tocsin.parties.lookup import NONE, prefix_table
from tocsin.records import Rule

Mask = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Sides:
    """Sides of findings, one array a column: behaviour, subject, and the peer's address, port and name; text, or ""."""

    behaviour: Texts
    subject: Texts
    address: Texts
    port: Texts
    name: Texts


def first_match(rules: Sequence[Rule], sides: Sides, known: Directory) -> npt.NDArray[np.int64]:
    """For each side, the index of the first of ``rules`` that hides it, or NONE.

    A subject is named by a network that holds it, by the party that holds it, or as it is called. A peer whose address
    is not known is told by its name alone, where a rule asks for both.
    """
    found = np.full(len(sides.behaviour), NONE, dtype=np.int64)
    if not rules or not len(found):
        return found
    subjects = _in_networks([_subject_networks(rule, known) for rule in rules], sides.subject)
    addresses = _in_networks([rule.matches.get("peers", ()) for rule in rules], sides.address)
    names = _named([rule.matches.get("names", ()) for rule in rules], sides.name)
    for index, rule in enumerate(rules):
        asked = rule.matches
        fits = found == NONE
        if "behaviours" in asked:
            fits &= _among(sides.behaviour, asked["behaviours"])
        if "subjects" in asked:
            fits &= subjects[index] | _among(sides.subject, asked["subjects"])
        if "ports" in asked:
            fits &= _among(sides.port, asked["ports"])
        if "names" in asked:
            fits &= names[index]
        if "peers" in asked:
            nameless = np.equal(sides.address, "") if "names" in asked else np.zeros(len(found), dtype=np.bool_)
            fits &= addresses[index] | nameless.astype(np.bool_)
        found[fits] = index
    return found


def _subject_networks(rule: Rule, known: Directory) -> list[str]:
    named = rule.matches.get("subjects", [])
    return [*(text for text in named if "/" in text), *known.prefixes_of(text for text in named if "/" not in text)]


def _among(values: Texts, wanted: Iterable[str]) -> Mask:
    distinct, places = np.unique(values, return_inverse=True)
    chosen = set(wanted)
    fits: Mask = np.array([value in chosen for value in distinct], dtype=np.bool_)[places]
    return fits


def _in_networks(networks: Sequence[Iterable[str]], addresses: Texts) -> list[Mask]:
    """For each rule's networks, which addresses lie in one of them."""
    asking: dict[str, list[int]] = {}
    for index, prefixes in enumerate(networks):
        for prefix in prefixes:
            asking.setdefault(prefix, []).append(index)
    table, prefixes_ = prefix_table(asking), list(asking)
    distinct, places = np.unique(addresses, return_inverse=True)
    hits = np.zeros((len(networks), len(distinct)), dtype=np.bool_)
    held = table.find([str(address) for address in distinct])
    for inner in set(held.tolist()) - {NONE}:
        asked = {index for held_by in (inner, *table.around(inner)) for index in asking[prefixes_[held_by]]}
        hits[np.ix_(np.array(sorted(asked)), np.flatnonzero(held == inner))] = True
    return [hit[places] for hit in hits]


def _named(patterns: Sequence[Iterable[str]], names: Texts) -> list[Mask]:
    """For each rule's names, which names fit; ``*.example.net`` fits ``example.net`` too."""
    asking: dict[str, list[int]] = {}
    for index, own in enumerate(patterns):
        for pattern in own:
            asking.setdefault(pattern, []).append(index)
    distinct, places = np.unique(names, return_inverse=True)
    hits = np.zeros((len(patterns), len(distinct)), dtype=np.bool_)
    for column, name in enumerate(distinct):
        for form in _forms(str(name).lower().rstrip(".")):
            hits[asking.get(form, []), column] = True
    return [hit[places] for hit in hits]


def _forms(name: str) -> list[str]:
    """The name, and each pattern that it fits.

    >>> _forms("a.example.net")
    ['a.example.net', '*.a.example.net', '*.example.net', '*.net']
    """
    labels = name.split(".")
    return [name, *(f"*.{'.'.join(labels[at:])}" for at in range(len(labels)))]
