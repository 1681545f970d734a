"""Who had an address, or a port of it, at a moment."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.parties.leases import AMBIGUOUS, NOBODY, LeaseTable, lease_table

Lease = tuple[str, int | None, int | None, str, int, int | None]
NAMES = {NOBODY: "nobody", AMBIGUOUS: "ambiguous"}


def table(*leases: Lease) -> LeaseTable:
    address, low, high, subscriber, since, until = zip(*leases, strict=True) if leases else ((),) * 6
    moment = pa.timestamp("us")
    return lease_table(
        pa.table(
            {
                "address": pa.array(address, pa.string()),
                "port_low": pa.array(low, pa.int64()),
                "port_high": pa.array(high, pa.int64()),
                "subscriber": pa.array(subscriber, pa.string()),
                "time": pa.array(since, moment),
                "until": pa.array(until, moment),
            }
        )
    )


def ask(leases: LeaseTable, address: str, port: int | None, time: int) -> str:
    (found,) = leases.find([address], [port], np.array([time])).tolist()
    return NAMES.get(found) or leases.subscribers[found]


ONE = ("192.0.2.1", None, None, "a", 10, 20)


@pytest.mark.parametrize(
    "leases, address, port, time, who",
    [
        ([ONE], "192.0.2.1", None, 9, "nobody"),
        ([ONE], "192.0.2.1", None, 10, "a"),
        ([ONE], "192.0.2.1", 65_535, 19, "a"),
        ([ONE], "192.0.2.1", None, 20, "nobody"),
        ([ONE], "192.0.2.2", None, 15, "nobody"),
        ([ONE], "no address", None, 15, "nobody"),
        ([], "192.0.2.1", None, 15, "nobody"),
        # Open, until somebody else is given the address.
        ([("192.0.2.1", None, None, "a", 0, None), ("192.0.2.1", None, None, "b", 50, 60)], "192.0.2.1", 1, 49, "a"),
        (
            [("192.0.2.1", None, None, "a", 0, None), ("192.0.2.1", None, None, "b", 50, 60)],
            "192.0.2.1",
            1,
            70,
            "nobody",
        ),
        # Written again in another file, once as it stood earlier.
        ([("192.0.2.1", None, None, "a", 0, 90), ("192.0.2.1", None, None, "a", 5, 20)], "192.0.2.1", 1, 80, "a"),
        # One day's file has its beginning, the next day's its end.
        ([("192.0.2.1", None, None, "a", 0, None), ("192.0.2.1", None, None, "a", 0, 90)], "192.0.2.1", 1, 89, "a"),
        (
            [("192.0.2.1", None, None, "a", 0, None), ("192.0.2.1", None, None, "a", 0, 90)],
            "192.0.2.1",
            1,
            90,
            "nobody",
        ),
        ([("192.0.2.1", None, None, "a", 0, 90), ("192.0.2.1", None, None, "a", 95, None)], "192.0.2.1", 1, 99, "a"),
        # Blocks of ports.
        ([("192.0.2.1", 1024, 2047, "a", 0, 90), ("192.0.2.1", 2048, 3071, "b", 0, 90)], "192.0.2.1", 2047, 5, "a"),
        ([("192.0.2.1", 1024, 2047, "a", 0, 90), ("192.0.2.1", 2048, 3071, "b", 0, 90)], "192.0.2.1", 2048, 5, "b"),
        ([("192.0.2.1", 1024, 2047, "a", 0, 90)], "192.0.2.1", 80, 5, "nobody"),
        ([("192.0.2.1", 1024, 2047, "a", 0, 90)], "192.0.2.1", None, 5, "ambiguous"),
        # Said to have been two subscribers' at once.
        ([("192.0.2.1", 1, 99, "a", 0, 90), ("192.0.2.1", 50, 149, "b", 0, 90)], "192.0.2.1", 60, 5, "ambiguous"),
        ([("192.0.2.1", 1, 99, "a", 0, 90), ("192.0.2.1", 50, 149, "b", 0, 90)], "192.0.2.1", 100, 5, "b"),
        # Delegated prefixes.
        ([("2001:db8:1100::/56", None, None, "a", 0, None)], "2001:db8:1100:ff::1", None, 5, "a"),
        ([("2001:db8:1100::/56", None, None, "a", 0, None)], "2001:db8:1101::1", None, 5, "nobody"),
    ],
)
def test_who_had_it(leases: list[Lease], address: str, port: int | None, time: int, who: str) -> None:
    assert ask(table(*leases), address, port, time) == who


def plainly(leases: list[Lease], address: str, port: int, time: int) -> str:
    """The same, lease by lease."""
    holders = set()
    for block in {
        lease[:3] for lease in leases if lease[0] == address and (lease[1] or 0) <= port <= (lease[2] or 65_535)
    }:
        own = sorted((lease for lease in leases if lease[:3] == block), key=lambda lease: (lease[4], lease[5] or 10**6))
        runs: list[list[Lease]] = []
        for lease in own:
            if runs and runs[-1][-1][3] == lease[3]:
                runs[-1].append(lease)
            else:
                runs.append([lease])
        begun = [run for run in runs if run[0][4] <= time]
        if begun and any(_lasts(lease, begun[-1], time) for lease in begun[-1] if lease[4] <= time):
            holders.add(begun[-1][0][3])
    return "nobody" if not holders else holders.pop() if len(holders) == 1 else "ambiguous"


def _lasts(lease: Lease, run: list[Lease], time: int) -> bool:
    """Whether a lease that has begun lasts at that time; an open one has the latest end that is known beside it."""
    ends = [other[5] for other in run if other[5] is not None and other[5] > lease[4]]
    end = lease[5] if lease[5] is not None else max(ends, default=None)
    return end is None or time < end


spans = st.sampled_from([(None, None), (1, 5), (6, 9), (3, 7)])
leased = st.builds(
    lambda address, span, who, since, length: (address, *span, who, since, None if length is None else since + length),
    st.sampled_from(["192.0.2.1", "192.0.2.2"]),
    spans,
    st.sampled_from("abc"),
    st.integers(0, 20),
    st.none() | st.integers(0, 10),
)


@given(st.lists(leased, max_size=10), st.integers(0, 10), st.integers(0, 30))
def test_it_is_what_a_plain_search_finds(leases: list[Lease], port: int, time: int) -> None:
    assert ask(table(*leases), "192.0.2.1", port, time) == plainly(leases, "192.0.2.1", port, time)
