"""How regular contacts are: the time from one to the next, and how alike they are in size."""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from tocsin.detect._expressions import gaps_us, quantiles

MINUTE_US = 60_000_000


def measured(pairs: ir.Table, contacts: ir.Table, keys: Sequence[str]) -> ir.Table:
    """``pairs`` with the rhythm of their contacts and the sizes of what was exchanged.

    ``contacts`` has the keys, ``time``, ``sent`` and ``back`` (bytes, null where not known). Adds nearest-rank
    quantiles: ``tenth_us``, ``lower_us``, ``median_us``, ``upper_us`` and ``ninetieth_us`` of the time between
    contacts in microseconds, ``sent_lower``, ``sent_median``, ``sent_upper`` and the same of ``back``, in bytes.
    """
    contacts = contacts.semi_join(pairs, keys)
    rhythm = quantiles(
        gaps_us(contacts, keys), keys, "gap_us", tenth_us=10, lower_us=25, median_us=50, upper_us=75, ninetieth_us=90
    )
    for more in (rhythm, _sizes(contacts, keys, "sent"), _sizes(contacts, keys, "back")):
        pairs = pairs.left_join(more, keys).drop(*(f"{key}_right" for key in keys))
    return pairs


def alike(pairs: ir.Table, percent: int) -> ir.BooleanValue:
    """Whether the middle half of what was sent, and of what came back, lies within so many percent of its median."""
    both = [
        (pairs[f"{side}_upper"] - pairs[f"{side}_lower"]) * 100 <= pairs[f"{side}_median"] * percent
        for side in ("sent", "back")
    ]
    return (both[0] & both[1]).fill_null(False)


def rapid(pairs: ir.Table, contacts_min: int, a_minute_min: int) -> ir.BooleanValue:
    """Whether so many contacts were made, so many a minute from first to last."""
    often = pairs.contacts * MINUTE_US >= ibis.greatest(pairs.span_us, MINUTE_US) * a_minute_min
    return ((pairs.contacts >= contacts_min) & often).fill_null(False)


def jittered(pairs: ir.Table, hours_min: int, percent_min: int) -> ir.BooleanValue:
    """Whether the time between contacts varies as a program varies it that hides its rhythm: evenly, within bounds.

    It varies by more than a timer does (the quartiles lie at least so many percent of the median apart), nine of ten
    waits are between two fifths of the median and seven quarters of it, and so it goes on for hours without a pause.
    """
    varied = (pairs.upper_us - pairs.lower_us) * 100 >= pairs.median_us * percent_min
    bounded = (pairs.tenth_us * 5 >= pairs.median_us * 2) & (pairs.ninetieth_us * 4 <= pairs.median_us * 7)
    filled = pairs.contacts * pairs.median_us * 4 >= pairs.span_us * 3
    return (varied & bounded & filled & (pairs.span_us >= hours_min * 60 * MINUTE_US)).fill_null(False)


def _sizes(contacts: ir.Table, keys: Sequence[str], side: str) -> ir.Table:
    names = {f"{side}_lower": 25, f"{side}_median": 50, f"{side}_upper": 75}
    return quantiles(contacts, keys, side, **names)
