"""Parsers: values of a source, mostly text, become values of the vocabulary.

A parser takes a column and gives one of equal length, with nulls where a value makes no sense. It tries the column in
one go; when that is refused it halves the column, until the bad values stand alone. So a good column costs one pass,
and what counts as bad never depends on the neighbours.
"""

from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

Values: TypeAlias = "pa.Array[Any]"
Parser: TypeAlias = Callable[[Values], Values]

TEXT, INTEGER, NUMBER = pa.string(), pa.int64(), pa.float64()
MICROSECONDS = 1_000_000
LARGEST = 2**63 - 1
# Up to the end of the year 9999, the last that a date can name.
_LAST_SECOND = 253_402_300_799
LAST_INSTANT = _LAST_SECOND * MICROSECONDS
# A number this high is no second before the year 5138: it counts milliseconds, as Zeek's JSON::TS_MILLIS does.
_FIRST_MILLISECOND = 100_000_000_000

_PLAIN_NAMES = r"^[A-Za-z0-9_.,+/-]{1,64}$"

_IPV4 = r"^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$"


def text(values: Values) -> Values:
    """Text as it is."""
    return values


def lower(values: Values) -> Values:
    """Text in lower case."""
    return pc.ascii_lower(values)


def token(values: Values) -> Values:
    """Names, or lists of names, that later stages can write anywhere: letters, digits and ``_.,+/-``, at most 64."""
    return _where(pc.match_substring_regex(values, _PLAIN_NAMES), values)


def short(values: Values) -> Values:
    """Printable text of at most 128 characters."""
    return values if plain(values, 128) else _where(printable(values, 128), values)


def plain(values: Values, longest: int) -> bool:
    """Whether all is printable ASCII and not too long, which costs a fifteenth of looking at it as UTF-8."""
    text: Any = values
    fits = pc.and_(pc.ascii_is_printable(text), pc.less_equal(pc.binary_length(text), pa.scalar(longest)))
    return pc.all(fits).as_py() is not False


def printable(values: Values, longest: int) -> Values:
    """Which texts are printable and have at most so many characters."""
    text: Any = values
    fits: Values = pc.and_(pc.utf8_is_printable(text), pc.less_equal(pc.utf8_length(text), pa.scalar(longest)))
    return fits


def once(parse: Parser) -> Parser:
    """The same parser, which looks at each text once, however often it stands there."""

    def parse_each(values: Values) -> Values:
        encoded: Any = values.dictionary_encode()
        return parse(encoded.dictionary).take(encoded.indices)

    return parse_each


def integer(low: int, high: int) -> Parser:
    """Integers from ``low`` to ``high``."""
    return lambda values: _within(_parse(values, INTEGER, _int64), low, high)


def distinct(find: Callable[[str], object], kind: pa.DataType = TEXT) -> Parser:
    """A parser that looks at each text once, however often it stands there; ``find`` gives None for nonsense."""

    def parse(values: Values) -> Values:
        encoded = values.dictionary_encode()
        found = [None if value is None else find(value) for value in encoded.dictionary.to_pylist()]
        return pa.array(found, kind).take(encoded.indices)

    return parse


def duration(values: Values) -> Values:
    """Seconds, as decimal text or numbers, become microseconds. Finer ones are rounded; text never becomes a float."""
    return _within(_parse(values, INTEGER, *_SECONDS), 0, LARGEST)


def instant(values: Values) -> Values:
    """Seconds (or milliseconds) since 1970, or ISO 8601 with a zone, become times in UTC."""
    return _instant(values, *_SECONDS, _iso_8601)


def local_instant(values: Values) -> Values:
    """As ``instant``, and dates without a zone (``2026/01/05 10:00:00.5``), which are taken as UTC."""
    return _instant(values, *_SECONDS, _iso_8601, _without_zone)


def address(values: Values) -> Values:
    """Addresses in the form of RFC 5952; IPv4 mapped into IPv6 becomes IPv4. Each is looked at once."""
    encoded = values.dictionary_encode()
    is_canonical = pc.match_substring_regex(encoded.dictionary, _IPV4).to_pylist()
    if all(is_canonical):
        return values
    distinct = zip(encoded.dictionary.to_pylist(), is_canonical, strict=True)
    return pa.array([a if ok else canonical(a) for a, ok in distinct], pa.string()).take(encoded.indices)


@lru_cache(1 << 16)
def canonical(address: str) -> str | None:
    """An address in the form of RFC 5952; None for what is none.

    >>> [canonical(text) for text in ("2001:DB8:0:0::1", "::ffff:192.0.2.1", "fe80::1%eth0", "192.0.2")]
    ['2001:db8::1', '192.0.2.1', None, None]
    """
    try:
        found = ip_address(address)
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return None if "%" in address else str(found)


def _instant(values: Values, *ways: Parser) -> Values:
    if pa.types.is_floating(values.type):
        values = _in_seconds(values, _FIRST_MILLISECOND)
    since_1970 = _in_seconds(_parse(values, INTEGER, *ways), _FIRST_MILLISECOND * MICROSECONDS)
    return _within(since_1970, 0, LAST_INSTANT).cast(pa.timestamp("us"))


def _parse(values: Values, kind: pa.DataType, *ways: Parser) -> Values:
    for way in ways:
        try:
            return way(values)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            continue
    if len(values) == 1:
        return pa.array([None], kind)
    half = len(values) // 2
    return pa.concat_arrays([_parse(values[:half], kind, *ways), _parse(values[half:], kind, *ways)])


def _in_seconds(values: Values, limit: int) -> Values:
    """What counts milliseconds, which is what reaches the limit, divided by 1,000."""
    is_milliseconds = pc.greater_equal(values, pa.scalar(limit, values.type))
    if not pc.any(is_milliseconds).as_py():
        return values
    seconds: Values = pc.if_else(is_milliseconds, pc.divide(values, pa.scalar(1000, values.type)), values)
    return seconds


def _int64(values: Values) -> Values:
    return values.cast(INTEGER)


def _float_seconds(values: Values) -> Values:
    if not pa.types.is_floating(values.type):
        raise pa.ArrowInvalid("not numbers")
    return pc.round(pc.multiply(values, MICROSECONDS)).cast(INTEGER)


def _decimal_seconds(values: Values) -> Values:
    """Of a decimal with six places the integer behind it is the number of microseconds."""
    return values.cast(pa.decimal64(18, 6)).view(INTEGER)


def _finer_seconds(values: Values) -> Values:
    rounded = pc.round(values.cast(pa.decimal128(38, 18)), 6).cast(pa.decimal128(26, 6))
    return pc.multiply(rounded, pa.scalar(MICROSECONDS, pa.int32())).cast(INTEGER)


def _iso_8601(values: Values) -> Values:
    return values.cast(pa.timestamp("us", "UTC")).cast(INTEGER)


def _without_zone(values: Values) -> Values:
    dashed = pc.replace_substring_regex(values, r"^(\d{4})/(\d\d)/(\d\d)[ .T]", r"\1-\2-\3 ")
    return dashed.cast(pa.timestamp("us")).cast(INTEGER)


_SECONDS = (_float_seconds, _decimal_seconds, _finer_seconds)


def _within(values: Values, low: int, high: int) -> Values:
    fits = pc.and_(pc.greater_equal(values, pa.scalar(low)), pc.less_equal(values, pa.scalar(high)))
    return _where(fits, values)


def _where(fits: Values, values: Values) -> Values:
    """The values that fit, and null for the others."""
    return values if pc.all(fits).as_py() is not False else pc.if_else(fits, values, pa.scalar(None, values.type))
