"""How numbers, times and addresses are written for people, on the terminal, the page and in the report alike."""

import re
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address

THIN = "\u202f"  # narrow space that does not break, between thousands and before units
_IPV4 = re.compile(r"(?<![\w.])(\d{1,3}(?:\.\d{1,3}){2})\.(\d{1,3})(?!\w|\.\d|/\d)")
_IPV6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f.]*(?![\w/])")
_THOUSANDS = re.compile(r"\d{4,}")
_UNIT_AFTER = re.compile(r"(?<=\d) (?=(?:h|min|s|days?|%)(?!\w))")
_UNITS = ((172_800, 86_400, "days"), (5_400, 3_600, "h"), (120, 60, "min"), (0, 1, "s"))


def number(value: float) -> str:
    """A number with thousands set apart: whole numbers in full, others to two significant digits or more.

    >>> number(6706).replace(THIN, " "), number(0.02527), number(67.3)
    ('6 706', '0.025', '67')
    """
    if float(value).is_integer() or abs(value) >= 100:
        return f"{round(value):,}".replace(",", THIN)
    return f"{float(f'{value:.2g}'):g}"


def quantity(value: float, unit: str) -> str:
    """A number with its unit; shares become per cent.

    >>> quantity(0.5, "share").replace(THIN, " "), quantity(34, "h").replace(THIN, " ")
    ('50 %', '34 h')
    """
    return THIN.join(in_unit(value, unit))


def in_unit(value: float, unit: str) -> tuple[str, str]:
    """The number and the unit of a quantity, each as it is written.

    >>> in_unit(0.5, "share"), in_unit(7, "per 1000 lines")[1].replace(THIN, " ")
    (('50', '%'), 'per 1 000 lines')
    """
    if unit == "share":
        return number(value * 100), "%"
    return number(value), _THOUSANDS.sub(lambda found: number(int(found[0])), unit)


def many(count: int, one: str, several: str = "") -> str:
    """A count with its noun.

    >>> many(1, "case").replace(THIN, " "), many(0, "case").replace(THIN, " "), many(2, "party", "parties")
    ('1 case', 'no cases', '2 parties')
    """
    if count == 0:
        return f"no {several or one + 's'}"
    return f"{number(count)} {one if count == 1 else several or one + 's'}"


def duration(span: timedelta) -> str:
    """A span of time in the unit that suits it, to two significant digits.

    >>> duration(timedelta(hours=23, minutes=54)).replace(THIN, " "), duration(timedelta(seconds=30.02))
    ('24 h', '30\\u202fs')
    """
    seconds = span.total_seconds()
    unit, name = next((unit, name) for least, unit, name in _UNITS if abs(seconds) >= least)
    return f"{number(seconds / unit)}{THIN}{name}"


def moment(time: datetime) -> str:
    """A moment to the minute, UTC.

    >>> moment(datetime(2018, 12, 22, 14, 50, 14, tzinfo=UTC))
    '22 December 2018, 14:50 UTC'
    """
    time = time.astimezone(UTC)
    return f"{day(time.date())}, {time:%H:%M} UTC"


def day(date_: date) -> str:
    """A day in words.

    >>> day(date(2018, 12, 2))
    '2 December 2018'
    """
    return f"{date_.day} {date_:%B %Y}"


def span(start: datetime, end: datetime) -> str:
    """A window of time, with the day said once when it is the same.

    >>> span(datetime(2018, 12, 22, 8, tzinfo=UTC), datetime(2018, 12, 22, 9, tzinfo=UTC))
    '22 December 2018, 08:00 to 09:00 UTC'
    """
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if start.date() == end.date():
        return f"{day(start.date())}, {start:%H:%M} to {end:%H:%M} UTC"
    return f"{day(start.date())}, {start:%H:%M} to {moment(end)}"


def listing(words: list[str]) -> str:
    """Words as a sentence lists them.

    >>> listing(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def unbroken(text: str) -> str:
    """The same text with no line break between a number and its unit.

    >>> unbroken("waited 24 h").replace(THIN, "_")
    'waited 24_h'
    """
    return _UNIT_AFTER.sub(THIN, text)


def defanged(text: str) -> str:
    """The same text with every address broken by brackets, so that no program makes a link of it.

    Networks (``192.0.2.0/24``) stay as they are.

    >>> defanged("192.0.2.1:80 in 192.0.2.0/24 at 14:50:16, then 2001:db8::1.")
    '192.0.2[.]1:80 in 192.0.2.0/24 at 14:50:16, then 2001:db8:[:]1.'
    """
    return _IPV6.sub(lambda found: _broken_ipv6(found[0]), _IPV4.sub(r"\1[.]\2", text))


def _broken_ipv6(text: str) -> str:
    address = text.rstrip(".")
    try:
        ip_address(address)
    except ValueError:
        return text
    head, _, tail = address.rpartition(":")
    return f"{head}[:]{tail}{text[len(address) :]}"
