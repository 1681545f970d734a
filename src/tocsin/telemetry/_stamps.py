"""Times as programs write them before their messages.

A time without a zone is taken as UTC. A time without a year, as syslog's old form has it, is none: whatever year were
guessed, one file in a while would land on the wrong days and nobody would see it.
"""

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.telemetry._values import TEXT, Values, instant

_CLOCK = r"\d\d:\d\d:\d\d(?:\.\d{1,6})?"
_ZONE = r"(?:Z|[+-]\d\d:?\d\d)?"
_FORMS = (
    r"\d{9,12}(?:\.\d{1,6})?",
    rf"\d{{4}}-\d\d-\d\d[T ]{_CLOCK}{_ZONE}",
    rf"\d\d-[A-Z][a-z]{{2}}-\d{{4}} {_CLOCK}",
    rf"\d{{4}} [A-Z][a-z]{{2}} [ \d]\d {_CLOCK}",
    rf"[A-Z][a-z]{{2}} [ \d]\d {_CLOCK}",
)
# A priority, as syslog sends it, may stand before; brackets may stand around.
STAMP = rf"(?:<\d{{1,3}}>)?(?:1 )?\[?(?P<time>{'|'.join(_FORMS)})\]?:? "
WITH_YEAR = "a time with a year, as the log has to have it"

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY_FIRST = r"^(\d\d)-([A-Z][a-z]{2})-(\d{4}) "
_YEAR_FIRST = r"^(\d{4}) ([A-Z][a-z]{2}) [ 0]?(\d{1,2}) "
_WITHOUT_ZONE = r"^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)$"
_NAMED_MONTH = r"^(?:\d\d-[A-Z]|\d{4} [A-Z])"


def stamp(values: Values) -> Values:
    """Seconds since 1970, ISO 8601, ``24-Nov-2026 15:27:23.440`` and ``2026 Nov 24 15:27:23`` become times in UTC.

    >>> str(stamp(pa.array(["24-Nov-2026 15:27:23.440"]))[0])
    '2026-11-24 15:27:23.440000'
    """
    has_year = pc.invert(pc.match_substring_regex(values, r"^[A-Za-z]"))
    values = pc.if_else(has_year, values, pa.scalar(None, TEXT))
    if pc.any(pc.match_substring_regex(values, _NAMED_MONTH)).as_py():
        values = pc.replace_substring_regex(values, _DAY_FIRST, r"\3-\2-\1 ")
        values = pc.replace_substring_regex(values, _YEAR_FIRST, r"\1-\2-0\3 ")
        values = pc.replace_substring_regex(values, r"-0(\d\d) ", r"-\1 ")
        for number, month in enumerate(_MONTHS, 1):
            values = pc.replace_substring_regex(values, rf"^(\d{{4}})-{month}-", rf"\1-{number:02}-")
    # Times of one kind are parsed in one go; so each gets a zone, and seconds are parsed apart.
    dates = pc.replace_substring_regex(values, r"^(\d{4}-\d\d-\d\d)$", r"\1 00:00")
    dates = pc.replace_substring_regex(dates, _WITHOUT_ZONE, r"\1Z")
    is_number = pc.match_substring_regex(dates, r"^[\d.]+$")
    if pc.any(is_number).as_py() is not True or pc.all(is_number).as_py() is not False:
        return instant(dates)
    nothing = pa.scalar(None, TEXT)
    apart = instant(pc.if_else(is_number, dates, nothing)), instant(pc.if_else(is_number, nothing, dates))
    found: Values = pc.coalesce(*apart)
    return found
