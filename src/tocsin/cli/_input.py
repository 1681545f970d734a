"""What people type, taken apart."""

from datetime import UTC, date, datetime, time
from ipaddress import ip_address

from tocsin.errors import WrongUse


def listed(text: str) -> tuple[str, ...]:
    """Words separated by commas.

    >>> listed("192.0.2.0/24, 2001:db8::/32,")
    ('192.0.2.0/24', '2001:db8::/32')
    """
    return tuple(word for part in text.split(",") if (word := part.strip()))


def day(text: str) -> date:
    """A day. Raises WrongUse for what is none.

    >>> day("2018-12-22")
    datetime.date(2018, 12, 22)
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUse(f"not a day: {text}: write it as 2018-12-22") from None


def address(text: str) -> str:
    """An address as the lake has it (RFC 5952). Raises WrongUse for what is none.

    >>> address("2001:DB8:0::1")
    '2001:db8::1'
    """
    try:
        return str(ip_address(text))
    except ValueError:
        raise WrongUse(f"not an address: {text}: write it as 192.0.2.1 or 2001:db8::1") from None


def start_of(text: str) -> datetime:
    """A moment, or the start of a day, UTC. Raises WrongUse for what is neither.

    >>> start_of("2018-12-22").isoformat()
    '2018-12-22T00:00:00+00:00'
    """
    return end_of(text) if "T" in text else datetime.combine(day(text), time.min, UTC)


def end_of(text: str) -> datetime:
    """A moment, or the end of a day, UTC. Raises WrongUse for what is neither.

    >>> end_of("2018-12-22").isoformat()
    '2018-12-22T23:59:59.999999+00:00'
    >>> end_of("2018-12-22T14:50:00Z").isoformat()
    '2018-12-22T14:50:00+00:00'
    """
    try:
        if "T" not in text:
            return datetime.combine(day(text), time.max, UTC)
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise WrongUse(f"not a day or moment: {text}: write it as 2018-12-22 or 2018-12-22T14:50:00Z") from None
