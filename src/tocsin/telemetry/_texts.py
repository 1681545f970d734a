"""Parsers of text: what hosts choose to send is made fit to be kept, what a sensor writes has to have its form.

A host must not be able to have its own line refused by what it sends. So names, paths, software and the like are never
wrong: what cannot be printed is written out, and what is too long is cut.
"""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.telemetry._rows import escaped
from tocsin.telemetry._values import TEXT, Parser, Values, once, plain, printable

# A name in the DNS has at most 255 bytes.
_LONGEST_NAME = 255
_DIGEST = r"^[0-9a-f]{64}$"
_PORT = r"^([^:]*|\[.*\]):\d*$"
_BRACKETS = r"^\[(.*)\]$"
_TRUE, _FALSE = pa.array(["T", "true"]), pa.array(["F", "false"])


def shown(longest: int) -> Parser:
    """Text of at most so many characters, all of them printable."""

    def parse(values: Values) -> Values:
        if plain(values, longest):
            return values
        misfits: Any = pc.invert(printable(values, longest)).fill_null(False)
        unfit: list[Any] = pc.filter(values, misfits).to_pylist()
        made_fit = pa.array([escaped(text[:longest])[:longest] for text in unfit], TEXT)
        found: Values = pc.replace_with_mask(values, misfits, made_fit)
        return found

    return parse


# Longer ones are made by hand, or hold what nobody compares.
method, software, distinguished_name, words = (once(shown(longest)) for longest in (32, 512, 512, 255))
path = shown(1024)


def name(values: Values) -> Values:
    """Names of hosts: lower case, without the final dot."""
    return shown(_LONGEST_NAME)(pc.utf8_rtrim(pc.utf8_lower(values), "."))


def host(values: Values) -> Values:
    """Names of hosts, or addresses, that a port may follow; it is left away."""
    if pc.any(pc.match_substring(values, ":")).as_py():
        without_port = pc.replace_substring_regex(values, _PORT, r"\1")
        values = pc.replace_substring_regex(without_port, _BRACKETS, r"\1")
    return name(values)


def domain(values: Values) -> Values:
    """Domains of mail addresses; null where there is none."""
    plain = name(pc.utf8_trim(pc.replace_substring_regex(values, r"(?s)^.*@", ""), "<> "))
    known = pc.and_(pc.match_substring(values, "@"), pc.not_equal(plain, pa.scalar("")))
    found: Values = pc.if_else(known, plain, pa.scalar(None, TEXT))
    return found


@once
def sha256(values: Values) -> Values:
    """SHA-256 in hex; null for any other digest."""
    digests = pc.ascii_lower(values)
    found: Values = pc.if_else(pc.match_substring_regex(digests, _DIGEST), digests, pa.scalar(None, TEXT))
    return found


def flag(values: Values) -> Values:
    """``T`` and ``F``, ``true`` and ``false``."""
    if pa.types.is_boolean(values.type):
        return values
    known = pc.or_(pc.is_in(values, _TRUE), pc.is_in(values, _FALSE))
    found: Values = pc.if_else(known, pc.is_in(values, _TRUE), pa.scalar(None, pa.bool_()))
    return found
