"""What the names that local hosts asked for are: the domain that somebody registered, and how machine-made they look.

The domain is found by the Public Suffix List, its private part included: each customer of a provider that is listed
there has a domain. Names without one are left out: those of a single label, of local networks and of addresses.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from publicsuffixlist import PublicSuffixList

from tocsin.detect._name_model import usual_per_mille
from tocsin.store.engine import Engine

# Roots beside the Internet's that malware has used: Namecoin and EmerDNS.
OTHER_ROOTS = frozenset(("bazar", "bit", "coin", "emc", "lib"))

# Names that software asks for about an address, which stands in them backwards: lists of senders, holders of addresses.
ABOUT_ADDRESS = re.compile(r"(?:\d{1,3}\.){4}|(?:[0-9a-f]\.){16}")

# Shorter ones say nothing: generators do not make them, and what is short and speakable has long been taken.
LABEL_MIN, LABEL_MAX = 5, 63

USUAL = 1000

BATCH = 65_536

COLUMNS: dict[str, pa.DataType] = {
    "name": pa.string(),
    "domain": pa.string(),
    "suffix": pa.string(),
    "provided": pa.bool_(),
    "label_length": pa.int64(),
    "usual_per_mille": pa.int64(),
    "inner_length": pa.int64(),
    "inner_usual_per_mille": pa.int64(),
    "about_address": pa.bool_(),
}
SCHEMA = pa.schema(COLUMNS)


class Registered(NamedTuple):
    """A domain, the suffix below which it was registered, and whether that belongs to a provider, not a registry."""

    domain: str
    suffix: str
    provided: bool


def names(engine: Engine, dns: ir.Table, place: ir.Table) -> ir.Table:
    """Table ``name``: each name that a local host asked for and that belongs to a domain, once.

    ``usual_per_mille`` tells how many of a thousand popular domains look at least as machine-made as this one, and
    ``inner_usual_per_mille`` the same of the longest label before the domain; what cannot be told is usual.
    ``inner_length`` counts the characters before the domain.
    """
    local = place.filter(place.place == "local")
    asked = dns.semi_join(local, dns.initiator == local.address)
    met = engine.rows(asked.select("query").distinct())
    batches = [_described(list(map(str, batch["query"].to_pylist()))) for batch in met.to_batches(max_chunksize=BATCH)]
    return engine.memory(pa.concat_tables([SCHEMA.empty_table(), *batches]))


def registered(name: str) -> Registered | None:
    """The domain that a name belongs to; None where it belongs to none.

    >>> registered("www.example.co.uk")
    Registered(domain='example.co.uk', suffix='co.uk', provided=False)
    >>> registered("printer.local"), registered("10.2.0.192.in-addr.arpa"), registered("localhost")
    (None, None, None)
    """
    labels = name.rsplit(".", 3)
    decided, found = _of_pair(".".join(labels[-2:]))
    if decided == PAIR:
        return found
    return _registered(name if decided == NAME else ".".join(labels[-3:]))


def looks(labels: Sequence[str]) -> npt.NDArray[np.int64]:
    """How usual each label looks, per mille; too short ones and those that stand for other alphabets are usual."""
    distinct = dict.fromkeys(labels, USUAL)
    judged = [label for label in distinct if len(label) >= LABEL_MIN and not label.startswith("xn--")]
    distinct.update(zip(judged, usual_per_mille([label[:LABEL_MAX] for label in judged]).tolist(), strict=True))
    return np.fromiter((distinct[label] for label in labels), np.int64, len(labels))


def _described(asked: Sequence[str]) -> pa.Table:
    known = [(name, of) for name in asked if (of := registered(name)) is not None]
    labels = [of.domain.partition(".")[0] for _, of in known]
    inner = [name[: -len(of.domain) - 1] for name, of in known]
    return pa.table(
        {
            "name": [name for name, _ in known],
            "domain": [of.domain for _, of in known],
            "suffix": [of.suffix for _, of in known],
            "provided": [of.provided for _, of in known],
            "label_length": [len(label) for label in labels],
            "usual_per_mille": looks(labels),
            "inner_length": [len(text) for text in inner],
            "inner_usual_per_mille": looks(list(_longest(inner))),
            "about_address": [ABOUT_ADDRESS.match(name) is not None for name, _ in known],
        },
        schema=SCHEMA,
    )


def _longest(inner: Sequence[str]) -> Iterator[str]:
    return (max(text.split("."), key=len) if "." in text else text for text in inner)


class SuffixList(NamedTuple):
    """The Public Suffix List with and without its private part, and by which of a name's last labels it decides.

    Below ``roots`` the last two do, below ``pairs`` and in ``wild`` roots the last three, below ``longer`` pairs all.
    """

    every: PublicSuffixList
    registries: PublicSuffixList
    roots: frozenset[str]
    pairs: frozenset[str]
    wild: frozenset[str]
    longer: frozenset[str]


@cache
def _suffix_list() -> SuffixList:
    text = files("publicsuffixlist").joinpath("public_suffix_list.dat").read_text(encoding="utf-8")
    lines = (line.strip().lstrip("!") for line in text.splitlines() if line.strip() and not line.startswith("//"))
    rules = [rule.split(".") for line in lines for rule in {line, line.encode("idna").decode()}]
    return SuffixList(
        every=PublicSuffixList(accept_unknown=False),
        registries=PublicSuffixList(accept_unknown=False, only_icann=True),
        roots=frozenset(rule[0] for rule in rules if len(rule) == 1) - {"arpa"} | OTHER_ROOTS,
        pairs=frozenset(".".join(rule) for rule in rules if len(rule) == 2),
        wild=frozenset(rule[1] for rule in rules if len(rule) == 2 and rule[0] == "*"),
        longer=frozenset(".".join(rule[-2:]) for rule in rules if len(rule) > 2),
    )


# What decides on a name: its last two labels, its last three, or all.
PAIR, THREE, NAME = 2, 3, 0


# Most names share their last labels with others.
@lru_cache(maxsize=65_536)
def _of_pair(pair: str) -> tuple[int, Registered | None]:
    known = _suffix_list()
    label, _, root = pair.rpartition(".")
    if not label or pair in known.longer:
        return NAME, None
    if pair in known.pairs or root in known.wild:
        return THREE, None
    return PAIR, Registered(pair, root, False) if root in known.roots else None


@lru_cache(maxsize=65_536)
def _registered(name: str) -> Registered | None:
    known = _suffix_list()
    domain = known.every.privatesuffix(name)
    if not domain or domain.endswith(".arpa"):
        return None
    suffix = domain.partition(".")[2]
    return Registered(domain, suffix, known.registries.publicsuffix(suffix) != suffix)
